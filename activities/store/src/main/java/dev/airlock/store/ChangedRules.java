package dev.airlock.store;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Rules go by their place: whatever takes the place of another must not inherit its past. */
final class ChangedRules {

  private ChangedRules() {}

  /** Closes the alerts of rules that are no more what they were, and forgets their windows. */
  static void forget(Handle handle, Monitor before, List<RuleSpec> after, Instant asOf) {
    List<RuleSpec> rules = before.spec().rules();
    for (int number = 0; number < rules.size(); number++) {
      RuleSpec now = number < after.size() ? after.get(number) : null;
      if (!rules.get(number).equals(now)) {
        forget(handle, before.id(), number, isRetrain(rules.get(number)) && isRetrain(now));
        handle
            .attach(Alerts.class)
            .recover(cause(before.id(), number), asOf, "The rule was changed or taken out.");
      }
    }
  }

  private static String cause(long monitorId, int rule) {
    return "monitor/%d/rule/%d".formatted(monitorId, rule);
  }

  private static boolean isRetrain(@Nullable RuleSpec rule) {
    return rule != null && rule.consequence() == Consequence.RETRAIN;
  }

  /** A cooldown outlasts the change of a rule that retrains before and after it. */
  private static void forget(Handle handle, long monitorId, int rule, boolean hasCooldown) {
    handle
        .createUpdate(
            """
            update rule_state
            set streak = 0, last_window = null,
                fired_as_of = case when :hasCooldown then fired_as_of end
            where monitor_id = :monitor and rule = :rule
            """)
        .bind("hasCooldown", hasCooldown)
        .bind("monitor", monitorId)
        .bind("rule", rule)
        .execute();
  }
}
