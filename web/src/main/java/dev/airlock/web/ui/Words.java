package dev.airlock.web.ui;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How pages say figures, times and names. All times are UTC. */
public final class Words {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM yyyy HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("d MMM yyyy HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final String[] SMALL = {
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"
  };

  private Words() {}

  /** "0.4 s", "4.1 s", "31 s", "1 m 52 s", "2 h 04 m", "3 d 1 h". */
  public static String duration(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 9_950) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    long seconds = Math.round(millis / 1000.0);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d m %02d s", seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return String.format(Locale.ROOT, "%d h %02d m", seconds / 3600, seconds % 3600 / 60);
    }
    return seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
  }

  /** As it opens a sentence or a line. */
  public static String opening(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /** A span that somebody has set, without parts that are nothing: "30 s", "6 h", "1 h 30 m". */
  public static String span(Duration duration) {
    return duration(duration)
        .replaceFirst("(?<=\\d)[.]0(?= s$)", "")
        .replaceFirst(" 0+ [hms]$", "");
  }

  /** "just now", "40 s ago", "2 h ago", "3 d ago". */
  public static String ago(Instant then, Instant now) {
    Duration since = Duration.between(then, now);
    return since.toSeconds() < 5 ? "just now" : coarse(since) + " ago";
  }

  /** "in 40 min", "in 2 d 22 h"; "now" where it has passed. */
  public static String until(Instant then, Instant now) {
    Duration left = Duration.between(now, then);
    if (left.isNegative()) {
      return "now";
    }
    return left.toDays() > 0
        ? "in %d d %d h".formatted(left.toDays(), left.toHoursPart())
        : "in " + coarse(left);
  }

  /** "40 s", "2 h", "3 d": how long something lasts that began then. */
  static String since(Instant then, Instant now) {
    Duration since = Duration.between(then, now);
    return coarse(since.isNegative() ? Duration.ZERO : since);
  }

  private static String coarse(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() + " d";
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + " h";
    }
    return duration.toMinutes() > 0 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
  }

  /** "16 Nov 2026 04:31". */
  public static String moment(Instant moment) {
    return MOMENT.format(moment);
  }

  /** "16 Nov 2026 04:31:49 UTC". */
  public static String utc(Instant moment) {
    return UTC.format(moment);
  }

  /** "04:31:49". */
  public static String clock(Instant moment) {
    return CLOCK.format(moment);
  }

  /** "2026-11-16". */
  public static String day(Instant moment) {
    return DAY.format(moment);
  }

  /** "2026-11-16", with the time in UTC where it is not midnight: what it is named by elsewhere. */
  public static String logicalDate(Instant moment) {
    return isMidnight(moment) ? day(moment) : DAY_AND_TIME.format(moment) + " UTC";
  }

  /** Whether it stands for a day of event time, and not for a moment of it. */
  static boolean isMidnight(Instant moment) {
    return moment.getEpochSecond() % 86_400 == 0;
  }

  /** "1,437,992". */
  public static String count(long number) {
    return String.format(Locale.ENGLISH, "%,d", number);
  }

  /** "No", "One", … "Nine", "10". */
  public static String few(long number) {
    return number >= 0 && number < SMALL.length ? SMALL[(int) number] : count(number);
  }

  /** "1 row", "2 rows". */
  public static String counted(long number, String one, String many) {
    return count(number) + " " + (number == 1 ? one : many);
  }

  /** Three digits after the point below ten, so that metrics align: "0.838", "12.4". */
  public static String figure(double figure) {
    if (!Double.isFinite(figure)) {
      return "–";
    }
    int digits = Math.abs(figure) < 10 ? 3 : Math.abs(figure) < 1000 ? 1 : 0;
    return signed(String.format(Locale.ENGLISH, "%,." + digits + "f", figure));
  }

  /** With its sign, and a digit more than figures have: "+0.0071", "−0.0004", "+12.4". */
  public static String difference(double difference) {
    String figure =
        Math.abs(difference) < 1
            ? signed(String.format(Locale.ENGLISH, "%.4f", difference))
            : figure(difference);
    return difference > 0 ? "+" + figure : figure;
  }

  private static String signed(String figure) {
    return figure.replace('-', '−');
  }

  /** A window of event time: "January 1998", "5 Jan 1998", "5 to 11 Jan 1998". */
  public static String window(Instant opens, Instant closes) {
    ZonedDateTime first = opens.atZone(ZoneOffset.UTC);
    ZonedDateTime last = closes.atZone(ZoneOffset.UTC).minusNanos(1);
    if (first.getDayOfMonth() == 1 && closes.equals(first.plusMonths(1).toInstant())) {
      return MONTH.format(opens);
    }
    if (first.toLocalDate().equals(last.toLocalDate())) {
      return DATE.format(opens);
    }
    return YearMonth.from(first).equals(YearMonth.from(last))
        ? first.getDayOfMonth() + " to " + DATE.format(last)
        : DATE.format(opens) + " to " + DATE.format(last);
  }

  /** "29 Jun 1998", with the time in UTC where it is not midnight. */
  public static String date(Instant moment) {
    return isMidnight(moment) ? DATE.format(moment) : moment(moment) + " UTC";
  }

  /** A bound as it was written: "0.7", not "0.700000001". */
  public static String bound(double bound) {
    BigDecimal exact = new BigDecimal(bound, MathContext.DECIMAL64);
    BigDecimal shown =
        Math.abs(bound) < 0.001
            ? exact.round(new MathContext(6, RoundingMode.HALF_UP))
            : exact.setScale(6, RoundingMode.HALF_UP);
    return shown.stripTrailingZeros().toPlainString();
  }

  /** "17.7 %". */
  public static String percent(double share) {
    return String.format(Locale.ENGLISH, "%.1f %%", share * 100);
  }

  /** "7be1…c40f". */
  public static String digest(String digest) {
    return digest.length() <= 12
        ? digest
        : digest.substring(0, 4) + "…" + digest.substring(digest.length() - 4);
  }

  /** "…2050", for ids too long to read. */
  public static String tail(long id) {
    String text = Long.toString(id);
    return text.length() <= 6 ? text : "…" + text.substring(text.length() - 4);
  }

  /** A text as the value of a parameter in an address. */
  public static String inQuery(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The length of a thing that began and may go on. */
  public static String took(@Nullable Instant from, @Nullable Instant to, Instant now) {
    return from == null ? "" : duration(Duration.between(from, to == null ? now : to));
  }

  /** A metric's name as people write it. */
  public static String metric(String name) {
    return switch (name) {
      case "auc" -> "AUC";
      case "pr_auc" -> "PR-AUC";
      case "log_loss" -> "Log loss";
      case "brier" -> "Brier";
      case "brier_skill" -> "Brier skill";
      case "rmse" -> "RMSE";
      case "mae" -> "MAE";
      case "psi" -> "PSI";
      case "ks" -> "KS";
      case "jensen_shannon" -> "Jensen–Shannon";
      case "score_shift" -> "PSI of the score";
      case "predicted_over_observed" -> "predicted / observed";
      case "p99_millis" -> "p99";
      case "age_days" -> "age";
      default -> name.replace('_', ' ');
    };
  }
}
