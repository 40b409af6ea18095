package dev.airlock.monitoring;

import dev.airlock.dsl.graph.RuleSpec;
import dev.airlock.dsl.graph.RuleSpec.Consequence;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.store.Monitors.RuleState;
import dev.airlock.store.RuleVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the rules of a monitor against what it has measured. Touches nothing: the same facts give
 * the same verdicts.
 *
 * <p>A rule goes over the windows of the live version in the order of time, each once. A breach
 * adds to its streak, anything else ends the streak; at the declared length it fires, unless its
 * alert is open, or a cooldown runs. A retrain that waits for its cooldown fires at the first check
 * after it, if the newest window still breaches. It fires again while its alert is open, after its
 * cooldown, where no retrain is under way any more and the newest window still breaches. A window
 * between the bound and the recovery bound does neither: what is open stays open. What has come and
 * gone within one check fires nothing.
 *
 * <p>Windows with insufficient data are passed over. Once a later window has been judged, one that
 * becomes sufficient afterwards no longer counts.
 */
final class Rules {
  private final RuleFacts facts;

  private Rules(RuleFacts facts) {
    this.facts = facts;
  }

  /** One verdict a rule, in their order. */
  static List<RuleVerdict> judge(RuleFacts facts) {
    Rules rules = new Rules(facts);
    List<RuleVerdict> verdicts = new ArrayList<>();
    for (int number = 0; number < facts.rules().size(); number++) {
      verdicts.add(rules.judge(number, facts.rules().get(number)));
    }
    return verdicts;
  }

  private RuleVerdict judge(int number, RuleSpec rule) {
    RuleState before = facts.state(number);
    String cause = facts.cause(number);
    boolean isOpen = facts.open().contains(cause);
    boolean mayFire = !isOpen || mayAskAgain(rule);
    Look look = new Look(before, isOpen);
    List<Sighting> seen = new Sightings(rule).in(facts);
    seen.forEach(sighting -> look.at(sighting, rule.windows()));
    Sighting because = look.because;
    if (because == null && mayFire && isPending(rule, look) && !seen.isEmpty()) {
      // All of it was judged before; only the cooldown was in the way.
      look.alarmed = true;
      because = seen.get(seen.size() - 1);
    }
    boolean breaches = look.alarmed && because != null && because.breaches();
    if (breaches && mayFire && isCool(rule, number)) {
      return fired(rule, cause, look, Objects.requireNonNull(because));
    }
    boolean recovered = isOpen && !look.alarmed && because != null;
    return new RuleVerdict(
        look.after(before.firedAsOf()),
        cause,
        null,
        recovered ? recovery(rule, Objects.requireNonNull(because)) : null);
  }

  private static boolean isPending(RuleSpec rule, Look look) {
    return rule.consequence() == Consequence.RETRAIN && look.streak >= rule.windows();
  }

  /** A run that failed or was refused has cured nothing: its alert must not bar the next one. */
  private boolean mayAskAgain(RuleSpec rule) {
    return rule.consequence() == Consequence.RETRAIN && !facts.isRetraining();
  }

  private RuleVerdict fired(RuleSpec rule, String cause, Look look, Sighting because) {
    RuleVerdict.Firing firing =
        new RuleVerdict.Firing(rule.consequence(), title(rule, because), because.figures());
    return new RuleVerdict(look.after(facts.asOf()), cause, firing, null);
  }

  private static String title(RuleSpec rule, Sighting because) {
    String title = because.words() + ", " + Words.expected(rule.condition());
    return rule.windows() == 1 ? title + "." : title + "; " + rule.windows() + " windows in a row.";
  }

  private static String recovery(RuleSpec rule, Sighting because) {
    Double recovery = rule.recovery();
    String bound =
        recovery == null
            ? Words.expected(rule.condition())
            : "recovered at " + Words.bound(rule.condition(), recovery);
    return because.words() + ", " + bound + ".";
  }

  private boolean isCool(RuleSpec rule, int number) {
    Setting cooldown = rule.cooldown();
    Instant last = lastFiring(rule, number);
    if (cooldown == null || last == null) {
      return true;
    }
    Duration pause = Duration.parse(cooldown.in(facts.params()));
    return !facts.asOf().isBefore(last.plus(pause));
  }

  /** Of the rule itself, in any version; of one that retrains, of all that do. */
  private @Nullable Instant lastFiring(RuleSpec rule, int number) {
    Stream<@Nullable Instant> own =
        facts.states().stream().filter(state -> state.rule() == number).map(RuleState::firedAsOf);
    Stream<@Nullable Instant> all =
        rule.consequence() == Consequence.RETRAIN
            ? Stream.concat(own, Stream.of(facts.lastRetrain()))
            : own;
    return all.filter(Objects::nonNull).reduce((a, b) -> b.isAfter(a) ? b : a).orElse(null);
  }

  /** One way over the windows that the rule has not seen. */
  private static final class Look {
    private final RuleState before;
    private int streak;
    private @Nullable Instant last;
    private boolean alarmed;
    private @Nullable Sighting because;

    Look(RuleState before, boolean isOpen) {
      this.before = before;
      this.streak = before.streak();
      this.last = before.lastWindow();
      this.alarmed = isOpen;
    }

    void at(Sighting sighting, int windows) {
      if (last != null && !sighting.at().isAfter(last)) {
        return;
      }
      last = sighting.at();
      if (sighting.breaches()) {
        streak++;
        if (streak >= windows) {
          alarmed = true;
          because = sighting;
        }
      } else {
        streak = 0;
        if (sighting.recovers()) {
          alarmed = false;
          because = sighting;
        }
      }
    }

    RuleState after(@Nullable Instant firedAsOf) {
      return new RuleState(before.rule(), before.version(), streak, last, firedAsOf);
    }
  }
}
