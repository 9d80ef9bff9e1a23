package dev.slipway.eval;

import dev.slipway.eval.Respondent.Answered;
import dev.slipway.eval.Respondent.Found;
import dev.slipway.eval.Respondent.Unanswered;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a report as one page that needs nothing else: no script, no font, no network. */
public final class HtmlReport {
  /** More make a page that nobody reads; the JSON has all. */
  private static final int WORST = 20;

  private static final int LONGEST = 600;

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--ink:#1c2330;--paper:#fff;--soft:#f2f4f8;--rule:#c9d0dc;
      --a:#1f5fbf;--b:#9dbbe6;--good:#176b3a;--bad:#a8232f}
      @media (prefers-color-scheme:dark){:root{--ink:#e6eaf2;--paper:#12161d;--soft:#1c232e;
      --rule:#3a4454;--a:#6ea8ff;--b:#38588a;--good:#67d391;--bad:#ff8a92}}
      body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);
      max-width:68rem;margin:2rem auto;padding:0 1rem}
      table{border-collapse:collapse;width:100%;margin:1rem 0}
      th,td{min-width:7rem;text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--rule)}
      thead th{background:var(--soft)}td{font-variant-numeric:tabular-nums}
      .wide{overflow-x:auto}.plots{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr))}
      figure{margin:0;padding:.6rem;background:var(--soft);border-radius:.4rem}
      figcaption{font-weight:600}svg{width:100%;height:auto}svg text{fill:var(--ink);font-size:12px}
      .a{fill:var(--a)}.b{fill:var(--b)}.line{fill:none;stroke:var(--a);stroke-width:2}
      .grid{stroke:var(--rule)}.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}
      ol{margin:0;padding-left:1.4rem}code{overflow-wrap:anywhere}
      """;

  private HtmlReport() {}

  /**
   * Returns the page.
   *
   * @param title what was evaluated
   * @param baseline what an earlier run is compared with; absent for none
   */
  public static String of(
      String title, Report report, List<Gate.Verdict> gates, Optional<Comparison> baseline) {
    String name = Html.escaped(title);
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
        + " style-src 'unsafe-inline'\"><title>Evaluation: "
        + name
        + "</title>\n<style>"
        + STYLE
        + "</style></head>\n<body><main><h1>Evaluation: "
        + name
        + "</h1><p>"
        + report.questions()
        + " questions, "
        + report.failed()
        + " without an answer; up to "
        + report.k()
        + " passages each.</p>\n"
        + gates(gates)
        + measures(report)
        + baseline.map(HtmlReport::changes).orElse("")
        + plots(report)
        + tags(report)
        + worst(report)
        + "</main></body></html>\n";
  }

  private static String gates(List<Gate.Verdict> gates) {
    if (gates.isEmpty()) {
      return "";
    }
    return "<h2>Gate</h2><ul>"
        + gates.stream()
            .map(
                each ->
                    "<li>"
                        + (each.passed()
                            ? "<span class=\"good\">passed</span> "
                            : "<span class=\"bad\">failed</span> ")
                        + Html.escaped(each.sentence())
                        + "</li>")
            .collect(Collectors.joining())
        + "</ul>\n";
  }

  private static String measures(Report report) {
    StringBuilder rows = new StringBuilder();
    for (Measure measure : Measure.values()) {
      report
          .figure(measure)
          .ifPresent(
              figure ->
                  rows.append(
                      row(
                          measure.title(),
                          number(figure.mean()),
                          number(figure.low()) + " to " + number(figure.high()),
                          Integer.toString(figure.questions()))));
    }
    return table("Measures", List.of("Measure", "Mean", "95 % interval", "Questions"), rows);
  }

  private static String changes(Comparison baseline) {
    StringBuilder rows = new StringBuilder();
    for (Comparison.Change each : baseline.changes()) {
      String verdict =
          switch (each.verdict()) {
            case BETTER -> "<span class=\"good\">better</span>";
            case WORSE -> "<span class=\"bad\">worse</span>";
            case UNCLEAR -> "no clear change";
          };
      rows.append(
          row(
              each.measure().title(),
              number(each.before()),
              number(each.now()),
              signed(each.low()) + " to " + signed(each.high()),
              verdict));
    }
    return table(
        "Since the baseline (" + baseline.shared() + " questions in common)",
        List.of("Measure", "Before", "Now", "Difference, 95 % interval", "Verdict"),
        rows);
  }

  private static String plots(Report report) {
    StringBuilder plots = new StringBuilder("<h2>Plots</h2><div class=\"plots\">");
    if (!report.recallAt().isEmpty()) {
      plots.append(figure("Recall by k", Plots.recall(report.recallAt())));
    }
    if (!report.latency().isEmpty()) {
      plots.append(figure("Latency by step: p50 on p99", Plots.latency(report.latency())));
    }
    for (Measure measure : Measure.values()) {
      List<Double> scores =
          report.results().stream()
              .map(each -> each.scores().get(measure))
              .filter(Objects::nonNull)
              .toList();
      if (!scores.isEmpty()) {
        plots.append(figure(measure.title() + " by question", Plots.distribution(measure, scores)));
      }
    }
    return plots.append("</div>\n").toString();
  }

  private static String figure(String caption, String svg) {
    return "<figure><figcaption>" + Html.escaped(caption) + "</figcaption>" + svg + "</figure>";
  }

  private static String tags(Report report) {
    if (report.tags().isEmpty()) {
      return "";
    }
    StringBuilder rows = new StringBuilder();
    report
        .tags()
        .forEach(
            (tag, figures) ->
                rows.append(
                    row(
                        Html.escaped(tag),
                        Integer.toString(figures.questions()),
                        java.util.Arrays.stream(Measure.values())
                            .filter(figures.measures()::containsKey)
                            .map(
                                measure ->
                                    measure.title()
                                        + " "
                                        + Optional.ofNullable(figures.measures().get(measure))
                                            .map(figure -> number(figure.mean()))
                                            .orElse(""))
                            .collect(Collectors.joining(" · ")))));
    return table("By tag", List.of("Tag", "Questions", "Means"), rows);
  }

  private static String worst(Report report) {
    StringBuilder rows = new StringBuilder();
    report.worst().stream().limit(WORST).forEach(each -> rows.append(question(each)));
    return table(
        "The worst questions",
        List.of("Question", "Scores", "Expected", "Retrieved", "Answer"),
        rows);
  }

  private static String question(Scored scored) {
    EvalQuestion question = scored.question();
    StringBuilder scores = new StringBuilder();
    for (Measure measure : Measure.values()) {
      Optional.ofNullable(scored.scores().get(measure))
          .ifPresent(
              score ->
                  scores.append(measure.title()).append(' ').append(number(score)).append("<br>"));
    }
    String expected =
        list(question.sources().stream().map(EvalQuestion.Wanted::name).toList())
            + question.answer().map(answer -> "<p>" + shortened(answer) + "</p>").orElse("");
    return switch (scored.response()) {
      case Answered answered ->
          row(
              asked(question),
              scores.toString(),
              expected,
              list(answered.sources().stream().map(Found::source).toList()),
              shortened(answered.text()));
      case Unanswered(String why) ->
          row(
              asked(question),
              scores.toString(),
              expected,
              "",
              "<span class=\"bad\">none</span>: " + shortened(why));
    };
  }

  private static String asked(EvalQuestion question) {
    return "<strong>" + Html.escaped(question.id()) + "</strong><br>" + shortened(question.query());
  }

  private static String list(List<String> names) {
    return names.stream()
        .map(name -> "<li><code>" + Html.escaped(name) + "</code></li>")
        .collect(Collectors.joining("", "<ol>", "</ol>"));
  }

  private static String shortened(String text) {
    return Html.escaped(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " …");
  }

  private static String table(String caption, List<String> heads, CharSequence rows) {
    return "<h2>"
        + Html.escaped(caption)
        + "</h2><div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\""
        + Html.escaped(caption)
        + "\"><table><thead><tr>"
        + heads.stream()
            .map(head -> "<th scope=\"col\">" + Html.escaped(head) + "</th>")
            .collect(Collectors.joining())
        + "</tr></thead><tbody>"
        + rows
        + "</tbody></table></div>\n";
  }

  /** The cells are markup already. */
  private static String row(String head, String... cells) {
    return "<tr><th scope=\"row\">"
        + head
        + "</th>"
        + java.util.Arrays.stream(cells)
            .map(cell -> "<td>" + cell + "</td>")
            .collect(Collectors.joining())
        + "</tr>\n";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String signed(double value) {
    return String.format(Locale.ROOT, "%+.3f", value);
  }
}
