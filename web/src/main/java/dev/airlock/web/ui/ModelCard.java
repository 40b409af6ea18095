package dev.airlock.web.ui;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.airlock.store.Approval;
import dev.airlock.store.Decision;
import dev.airlock.store.ModelVersion;
import dev.airlock.workflows.Evidence;
import dev.airlock.workflows.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a version is, what it may be used for as far as its evidence says, and who let it pass
 * (Mitchell et al., "Model cards for model reporting", 2019): made of the evidence, so it says
 * nothing that the evidence doesn't.
 */
public final class ModelCard {

  private final ModelVersion version;
  private final Evidence evidence;
  private final String json;
  private final @Nullable Approval approval;
  private final List<Decision> votes;
  private final EvidencePicture picture;

  /**
   * The card of a version.
   *
   * @param json the evidence as it is kept
   * @param approval null where nobody was asked
   * @param votes those for it that count
   */
  public ModelCard(
      ModelVersion version, String json, @Nullable Approval approval, List<Decision> votes) {
    this.version = version;
    this.json = json;
    this.evidence = Json.read(json, Evidence.class);
    this.approval = approval;
    this.votes = List.copyOf(votes);
    this.picture = new EvidencePicture(evidence, version.version(), false);
  }

  /**
   * The card for programs.
   *
   * @param card the card's own version, which grows where a field changes its meaning
   * @param summary the evidence in two sentences
   * @param against what speaks against the version, the gravest first
   */
  public record Document(
      int card,
      String model,
      int version,
      Instant registeredAt,
      String artifactDigest,
      String evidenceDigest,
      String summary,
      List<String> against,
      @Nullable Passed approval,
      @JsonRawValue String evidence) {}

  /** How people answered. */
  public record Passed(long id, String state, boolean revoked, List<String> approvedBy) {}

  /** For programs. */
  public Document document() {
    Verdict verdict = picture.verdict();
    return new Document(
        1,
        version.model(),
        version.version(),
        version.createdAt(),
        version.artifactDigest(),
        version.evidenceDigest(),
        verdict.head() + " " + verdict.text(),
        picture.against(),
        approval == null
            ? null
            : new Passed(
                approval.id(),
                ApprovalPages.word(approval.state()),
                approval.revokedAt() != null,
                votes.stream().map(Decision::person).toList()),
        json);
  }

  /** For people: CommonMark with tables. */
  public String markdown() {
    EvidenceView view = picture.view();
    Markdown text =
        new Markdown()
            .title("%s v%d".formatted(version.model(), version.version()))
            .paragraph(view.verdict().head() + " " + view.verdict().text());
    if (!view.against().isEmpty()) {
      text.heading("What speaks against it").list(view.against());
    }
    text.heading("What it is").table(List.of("", ""), model());
    metrics(text, view);
    segments(text, view);
    CutoffView cutoff = view.cutoff();
    if (cutoff != null) {
      text.heading("Right and wrong from a threshold on")
          .paragraph(
              "The chosen threshold is %s. %s %s"
                  .formatted(cutoff.threshold(), cutoff.why(), cutoff.costSays()))
          .table(
              List.of(
                  "Version", "right yes", "false yes", "right no", "missed", "precision", "recall"),
              cutoff.models().stream().map(ModelCard::confusion).toList());
    }
    if (view.worth() != null) {
      text.heading("What the features are worth")
          .paragraph(view.worth().says())
          .table(
              List.of("Feature", "worse by", "95 %"),
              view.worth().features().stream()
                  .map(feature -> List.of(feature.name(), feature.worsening(), feature.interval()))
                  .toList());
    }
    if (view.drift() != null) {
      text.heading("Drift against training")
          .paragraph(view.drift().says())
          .table(
              List.of("Feature", "PSI", "by chance up to", "reading"),
              view.drift().rows().stream()
                  .map(row -> List.of(row.name(), row.psi(), row.noise(), row.reading()))
                  .toList());
    }
    text.heading("Data").table(List.of("", ""), facts(view.data()));
    if (view.change() != null) {
      text.heading("What changed in the data since " + view.change().since())
          .table(List.of("", ""), facts(view.change().facts()));
    }
    text.heading("Run, code and params").table(List.of("", ""), facts(view.origin()));
    text.heading("Who let it pass");
    passed(text);
    return text.toString();
  }

  private List<List<String>> model() {
    return List.of(
        List.of("predicts", evidence.label()),
        List.of(
            "algorithm", evidence.algorithm().name().toLowerCase(Locale.ROOT).replace('_', ' ')),
        List.of("features", String.join(", ", evidence.features())),
        List.of("registered", Words.utc(version.createdAt())),
        List.of("model", version.artifactDigest()),
        List.of("evidence", version.evidenceDigest()));
  }

  private static void metrics(Markdown text, EvidenceView view) {
    boolean compared = view.champion() != null;
    List<String> heads = new ArrayList<>(List.of("Metric", view.candidate(), "95 %"));
    if (compared) {
      heads.addAll(List.of(view.champion(), "difference", "95 %"));
    }
    text.heading("How well it does")
        .table(
            heads,
            view.metrics().stream()
                .map(
                    metric ->
                        Stream.concat(
                                Stream.of(metric.name(), metric.candidate(), metric.sure()),
                                compared
                                    ? Stream.of(
                                        metric.champion(), metric.difference(), metric.interval())
                                    : Stream.of())
                            .toList())
                .toList());
    if (!view.sureness().isEmpty()) {
      text.paragraph(view.sureness());
    }
  }

  private static void segments(Markdown text, EvidenceView view) {
    EvidenceView.SegmentsView segments = view.segments();
    if (segments == null) {
      return;
    }
    List<String> heads = new ArrayList<>(List.of("Part", "rows", "came true", "said"));
    heads.addAll(segments.heads());
    heads.add("");
    List<List<String>> rows = new ArrayList<>();
    for (EvidenceView.Column column : segments.columns()) {
      for (EvidenceView.Part part : column.parts()) {
        List<String> row =
            new ArrayList<>(
                List.of(
                    "%s: %s".formatted(column.name(), part.value()),
                    part.rows(),
                    part.observed(),
                    part.said()));
        for (int i = 0; i < segments.heads().size(); i++) {
          row.add(part.figures().isEmpty() ? "too few rows" : said(part.figures().get(i)));
        }
        row.add(String.join(", ", part.marks()));
        rows.add(row);
      }
    }
    text.heading("Part by part").paragraph(segments.says()).table(heads, rows);
  }

  private static String said(EvidenceView.Figure figure) {
    return figure.sure().isEmpty()
        ? figure.figure()
        : "%s (%s)".formatted(figure.figure(), figure.sure());
  }

  private static List<String> confusion(CutoffView.Matrix matrix) {
    CutoffView.Figures figures = matrix.figures();
    return List.of(
        matrix.name(),
        figures.truePositives(),
        figures.falsePositives(),
        figures.trueNegatives(),
        figures.falseNegatives(),
        figures.precision(),
        figures.recall());
  }

  private static List<List<String>> facts(List<RunPage.Fact> facts) {
    return facts.stream().map(fact -> List.of(fact.name(), fact.value())).toList();
  }

  private void passed(Markdown text) {
    if (approval == null) {
      text.paragraph("Nobody was asked.");
      return;
    }
    text.paragraph(
        "Approval %d: %s%s."
            .formatted(
                approval.id(),
                ApprovalPages.word(approval.state()),
                approval.revokedAt() == null ? "" : ", revoked"));
    text.table(
        List.of("Who", "when", "why"),
        votes.stream()
            .map(vote -> List.of(vote.person(), Words.utc(vote.decidedAt()), vote.reason()))
            .toList());
  }
}
