package dev.airlock.dsl;

import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.dsl.graph.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A duration that is either written in the pipeline or taken from a param of the run. */
final class TimeSpan {

  private final Setting setting;
  private final @Nullable Param<Duration> param;

  private TimeSpan(Setting setting, @Nullable Param<Duration> param) {
    this.setting = setting;
    this.param = param;
  }

  static TimeSpan of(Duration time) {
    return new TimeSpan(Setting.of(time), null);
  }

  static TimeSpan of(Param<Duration> param) {
    return new TimeSpan(Setting.fromParam(param.name()), param);
  }

  Setting setting() {
    return setting;
  }

  List<Param<?>> params() {
    return param == null ? List.of() : List.of(param);
  }

  /** As far as it is known before a run: what is written, or the param's default. */
  Optional<Duration> known() {
    ParamSpec spec = param == null ? null : param.spec();
    String text = spec == null ? setting.literal() : spec.defaultValue();
    return Optional.ofNullable(text).flatMap(ParamType.DURATION::parse).map(Duration.class::cast);
  }

  /** Reports it where it is known to be shorter than a second or longer than {@code most}. */
  void check(String what, Duration most, Findings findings) {
    known()
        .filter(time -> time.compareTo(StageDraft.SHORTEST) < 0 || time.compareTo(most) > 0)
        .ifPresent(
            time ->
                findings.add(
                    "%s is %s.".formatted(what, time),
                    "Keep it between %s and %s.".formatted(StageDraft.SHORTEST, most)));
  }
}
