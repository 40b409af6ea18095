package dev.airlock.web.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.airlock.store.ApprovalCall;
import dev.airlock.store.Backfill;
import dev.airlock.store.Decision;
import dev.airlock.store.MonitorWindow;
import dev.airlock.store.Publication;
import dev.airlock.store.Run;
import dev.airlock.store.Trial;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutState;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of REST: null where there is nothing, so that the fields are always the same, and states
 * in the words of the interface.
 */
public final class RestJson {
  private RestJson() {}

  public static ObjectMapper mapper() {
    return Json.mapper()
        .setDefaultPropertyInclusion(JsonInclude.Include.ALWAYS)
        .registerModule(
            new SimpleModule()
                .addSerializer(new Word<>(ApprovalStanding.State.class))
                .addSerializer(new Word<>(Decision.Verdict.class))
                .addSerializer(new Word<>(Decision.Outcome.class))
                .addSerializer(new Word<>(ApprovalCall.Kind.class))
                .addSerializer(new Word<>(Publication.State.class))
                .addSerializer(new Word<>(Backfill.Sequence.class))
                .addSerializer(new Word<>(Backfill.Rerun.class))
                .addSerializer(new Word<>(RolloutState.class))
                .addSerializer(new Word<>(Trial.State.class))
                .addSerializer(new Word<>(RolloutControl.Kind.class))
                .addSerializer(new Word<>(RolloutAnalysis.Verdict.class)))
        .addMixIn(Run.class, RunTrigger.class)
        .addMixIn(MonitorWindow.class, WindowDetail.class);
  }

  /** What started a run is JSON already. */
  private interface RunTrigger {
    @JsonProperty("trigger")
    @JsonRawValue
    @Nullable String triggerDetail();
  }

  /** So is what a window says of each feature. */
  @SuppressWarnings("UnusedMethod") // Jackson reads it.
  private interface WindowDetail {
    @JsonRawValue
    String detail();
  }

  /** Writes {@code UPSTREAM_FAILED} as {@code upstream-failed}. */
  private static final class Word<E extends Enum<E>> extends StdSerializer<E> {
    private static final long serialVersionUID = 1L;

    Word(Class<E> type) {
      super(type);
    }

    @Override
    public void serialize(E constant, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
  }
}
