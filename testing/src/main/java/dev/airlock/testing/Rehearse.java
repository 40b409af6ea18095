package dev.airlock.testing;

import dev.airlock.dsl.PipelineSource;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives JUnit tests a fresh {@link Rehearsal} of a pipeline, as a parameter. When such a test
 * fails, what its runs did, and when, is told together with the failure.
 *
 * <pre>{@code
 * @Rehearse(RepeatPurchase.class)
 * final class RepeatPurchaseTest {
 *
 *   @Test
 *   void shouldGoLiveOnceSomebodyHasApproved(Rehearsal rehearsal) {
 *     assertEquals(RunState.SUCCEEDED, rehearsal.approve("anna").run().state());
 *   }
 * }
 * }</pre>
 *
 * <p>What stands at the parameter goes before what stands at the method, and that before the class.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@ExtendWith(RehearsalExtension.class)
public @interface Rehearse {

  /** The pipeline's class. It needs a constructor without arguments. */
  Class<? extends PipelineSource> value();
}
