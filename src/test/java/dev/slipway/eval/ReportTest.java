package dev.slipway.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.eval.EvalQuestion.Wanted;
import dev.slipway.eval.Respondent.Answered;
import dev.slipway.eval.Respondent.Found;
import dev.slipway.eval.Respondent.Response;
import dev.slipway.eval.Respondent.Unanswered;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.rag.index.HashingEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private static EvalQuestion question(String id, String source, String... tags) {
    return new EvalQuestion(
        id,
        "What is <b>" + id + "</b>?",
        List.of(new Wanted(source, 1)),
        Optional.of("the model lock"),
        List.of(),
        Map.of(),
        OptionalInt.empty(),
        List.of(tags));
  }

  private static Response answer(String text, double millis, String... sources) {
    List<Found> found = new ArrayList<>();
    for (String source : sources) {
      found.add(new Found(source + "#0", source, "", "The model lock pins."));
    }
    return new Answered(text, found, Map.of("search", millis / 10, "total", millis), "t");
  }

  private static Report report(Map<String, Response> responses, EvalQuestion... questions) {
    return new Evaluation(
            question -> Optional.ofNullable(responses.get(question.id())).orElseThrow(),
            new HashingEmbedder(),
            2)
        .run(List.of(questions), _ -> {});
  }

  private static Report three() {
    return report(
        Map.of(
            "one", answer("The model lock.", 100, "a.md", "x.md"),
            "two", answer("Penguins <script>alert(1)</script> swim.", 300, "x.md", "a.md"),
            "three", new Unanswered("HTTP 500: it <broke>")),
        question("one", "a.md", "easy"),
        question("two", "a.md", "easy", "hard"),
        question("three", "a.md", "hard"));
  }

  private static double mean(Report report, Measure measure) {
    return report.figure(measure).orElseThrow().mean();
  }

  @Test
  void aQuestionWithoutAnswerCountsAsNothingInWhatWasExpected() {
    Report report = three();

    assertThat(report.failed()).isEqualTo(1);
    assertThat(mean(report, Measure.RECALL)).isCloseTo(2.0 / 3, within(1e-9));
    assertThat(mean(report, Measure.MRR)).isCloseTo(0.5, within(1e-9));
    assertThat(mean(report, Measure.OVERLAP)).isCloseTo(1.0 / 3, within(1e-9));
    assertThat(report.recallAt()).hasSize(2).first().isEqualTo(1.0 / 3);
    // Nothing was said there, so nothing was said wrongly.
    assertThat(report.figure(Measure.FAITHFULNESS).orElseThrow().questions()).isEqualTo(2);
    assertThat(report.latency().get("total")).isEqualTo(new Report.Times(200, 290, 298));
    assertThat(report.tags().keySet()).containsExactly("easy", "hard");
    assertThat(report.worst().getFirst().question().id()).isEqualTo("three");
  }

  @Test
  void theSameAnswersGiveTheSameDocument() {
    assertThat(ReportDocument.of(three(), List.of(), Optional.empty()).toString())
        .isEqualTo(ReportDocument.of(three(), List.of(), Optional.empty()).toString());
  }

  @Test
  void gatesSayWhatFailedByHowMuch() {
    Gate gate =
        Gate.parse(
            "recall=0.9,recall@1=0.3,mrr=0.5,p95=0.2s,p50.search=300ms,failed=0,phrases=0.1");

    List<Gate.Verdict> verdicts = gate.judge(three());

    assertThat(verdicts)
        .extracting(Gate.Verdict::passed)
        .containsExactly(false, true, true, false, true, false, false);
    assertThat(verdicts)
        .extracting(Gate.Verdict::sentence)
        .contains(
            "recall is 0.667, 0.233 below 0.900",
            "p95 is 290 ms, 90 ms above 200 ms",
            "failed is 1, 1 above 0",
            "phrases was not measured: no question expects anything of it");
  }

  @Test
  void unknownNamesAndUnitsOfAGateAreToldAtOnceWithWhatIsKnown() {
    UsageFailure failure =
        catchThrowableOfType(
            UsageFailure.class, () -> Gate.parse("recal=0.9,p95=2,mrr=1s,ndcg=2,=,overlap=1"));

    assertThat(failure.why())
        .contains("recal is not known; known are recall, mrr, ndcg")
        .contains("p95 needs a unit")
        .contains("mrr has no unit")
        .contains("ndcg is 0 to 1")
        .contains("\"=\" is not NAME=NUMBER");
    assertThat(failure.why().lines()).hasSize(5);
  }

  @Test
  void aComparisonTellsChangeFromChance(@TempDir Path folder) throws IOException {
    List<EvalQuestion> questions = new ArrayList<>();
    Map<String, Response> good = new java.util.HashMap<>();
    Map<String, Response> bad = new java.util.HashMap<>();
    for (int i = 0; i < 12; i++) {
      questions.add(question("q" + i, "a.md"));
      good.put("q" + i, answer(i == 0 ? "none" : "The model lock", 1, "a.md"));
      bad.put("q" + i, answer(i == 1 ? "none" : "The model lock", 1, i % 2 == 0 ? "x.md" : "a.md"));
    }
    EvalQuestion[] all = questions.toArray(EvalQuestion[]::new);
    Path earlier = folder.resolve("earlier.json");
    new ObjectMapper()
        .writeValue(
            earlier.toFile(), ReportDocument.of(report(bad, all), List.of(), Optional.empty()));

    Comparison comparison = Comparison.of(report(good, all), earlier);

    assertThat(comparison.shared()).isEqualTo(12);
    assertThat(change(comparison, Measure.RECALL).verdict()).isEqualTo(Comparison.Verdict.BETTER);
    assertThat(change(comparison, Measure.RECALL).before()).isEqualTo(0.5);
    assertThat(change(comparison, Measure.OVERLAP).verdict()).isEqualTo(Comparison.Verdict.UNCLEAR);
    assertThat(
            change(
                    Comparison.of(report(bad, all), written(folder, report(good, all))),
                    Measure.RECALL)
                .verdict())
        .isEqualTo(Comparison.Verdict.WORSE);
    assertThat(
            catchThrowableOfType(
                UsageFailure.class,
                () -> Comparison.of(three(), Files.writeString(folder.resolve("x"), "{}"))))
        .hasMessageContaining("has no results");
  }

  private static Path written(Path folder, Report report) throws IOException {
    Path file = folder.resolve("other.json");
    new ObjectMapper()
        .writeValue(file.toFile(), ReportDocument.of(report, List.of(), Optional.empty()));
    return file;
  }

  private static Comparison.Change change(Comparison comparison, Measure measure) {
    return comparison.changes().stream()
        .filter(each -> each.measure() == measure)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void thePageStandsAloneAndQuotesAnswersAsText(@TempDir Path folder) throws IOException {
    Report report = three();
    Comparison comparison = Comparison.of(report, written(folder, report));
    String html =
        HtmlReport.of(
            "docs & more", report, Gate.parse("recall=0.9").judge(report), Optional.of(comparison));

    Document page = Jsoup.parse(html);

    assertThat(page.select("script, link, img, iframe, b")).isEmpty();
    assertThat(html).doesNotContain("http://", "https://", "url(");
    assertThat(page.title()).isEqualTo("Evaluation: docs & more");
    assertThat(page.text())
        .contains("recall is 0.667, 0.233 below 0.900")
        .contains("<script>alert(1)</script>")
        .contains("HTTP 500: it <broke>")
        .contains("no clear change");
    // Recall by k, latency, and the distribution of each of the five that were measured, so 2 + 5.
    assertThat(page.select("figure svg[role=img]")).hasSize(8);
    page.select("svg")
        .forEach(
            plot -> {
              assertThat(plot.selectFirst("title")).isNotNull();
              assertThat(plot.select("desc").text()).isNotEmpty();
            });
    assertThat(page.select("td, th").text()).contains("x.md");
    assertThat(html).contains("prefers-color-scheme:dark").contains("lang=\"en\"");
  }

  @Test
  void noMoreQuestionsAreAskedAtOnceThanAllowedAndOrderIsKept() {
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    var both = new CountDownLatch(2);
    List<EvalQuestion> questions =
        java.util.stream.IntStream.range(0, 20).mapToObj(i -> question("q" + i, "a.md")).toList();

    Report report =
        new Evaluation(
                question -> {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  both.countDown();
                  try {
                    assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  now.decrementAndGet();
                  return answer(question.id(), 1, "a.md");
                },
                new HashingEmbedder(),
                2)
            .run(questions, _ -> {});

    assertThat(most).hasValue(2);
    assertThat(report.results().stream().map(each -> each.question().id()))
        .isEqualTo(questions.stream().map(EvalQuestion::id).toList());
  }

  @Test
  void whereNothingIsAnsweredThatIsTheFailure() {
    OperationFailed failure =
        catchThrowableOfType(
            OperationFailed.class,
            () -> report(Map.of("one", new Unanswered("HTTP 502")), question("one", "a.md")));

    assertThat(failure.code()).isEqualTo("nothing_answered");
    assertThat(failure.why()).isEqualTo("HTTP 502");
  }
}
