package dev.slipway.eval;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws the report's plots as SVG: each with a title and a description for those who can't see. */
final class Plots {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 220;
  private static final int LEFT = 44;
  private static final int BOTTOM = 32;
  private static final int TOP = 14;
  private static final int BINS = 10;
  private static final int STEP_HEIGHT = 38;

  private Plots() {}

  /** Draws the mean recall over how many passages are looked at. */
  static String recall(List<Double> recallAt) {
    StringBuilder points = new StringBuilder();
    StringBuilder marks = new StringBuilder();
    StringBuilder told = new StringBuilder();
    for (int i = 0; i < recallAt.size(); i++) {
      double x = x(recallAt.size() == 1 ? 0.5 : (double) i / (recallAt.size() - 1));
      double y = y(recallAt.get(i));
      String label = String.format(Locale.ROOT, "recall@%d: %.3f", i + 1, recallAt.get(i));
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      marks.append(
          String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" class=\"a\">", x, y));
      marks.append("<title>").append(label).append("</title></circle>");
      if (recallAt.size() <= 12 || (i + 1) % 5 == 0) {
        marks.append(label(x, HEIGHT - 12, "middle", Integer.toString(i + 1)));
      }
      told.append(label).append("; ");
    }
    return svg(
        HEIGHT,
        "Recall by k",
        told.toString(),
        shares() + "<polyline class=\"line\" points=\"" + points + "\"/>" + marks);
  }

  /** Draws the median and the 99th percentile of each step. */
  static String latency(Map<String, Report.Times> steps) {
    double longest = steps.values().stream().mapToDouble(Report.Times::p99).max().orElse(1);
    StringBuilder bars = new StringBuilder();
    StringBuilder told = new StringBuilder();
    int row = 0;
    for (Map.Entry<String, Report.Times> step : steps.entrySet()) {
      Report.Times times = step.getValue();
      int y = TOP + STEP_HEIGHT * row++;
      String label =
          String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", times.p50(), times.p99());
      bars.append(label(96, y + 15, "end", step.getKey()))
          .append(bar(y, times.p99() / longest, "b"))
          .append(bar(y, times.p50() / longest, "a"))
          .append(label(104, y + 28, "start", label));
      told.append(step.getKey()).append(' ').append(label).append("; ");
    }
    return svg(TOP + STEP_HEIGHT * row + 8, "Latency by step", told.toString(), bars.toString());
  }

  /** Draws how many questions have which score. */
  static String distribution(Measure measure, List<Double> scores) {
    int[] bins = new int[BINS];
    scores.forEach(score -> bins[(int) Math.min(BINS - 1, score * BINS)]++);
    int most = java.util.Arrays.stream(bins).max().orElse(1);
    StringBuilder bars = new StringBuilder();
    StringBuilder told = new StringBuilder();
    double width = (double) (WIDTH - LEFT - 12) / BINS;
    for (int i = 0; i < BINS; i++) {
      double height = (double) bins[i] / Math.max(1, most) * (HEIGHT - BOTTOM - TOP - 10);
      double x = LEFT + i * width;
      double y = HEIGHT - BOTTOM - height;
      bars.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"a\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
              x + 2,
              y,
              width - 4,
              height));
      bars.append(label(x, HEIGHT - 12, "middle", String.format(Locale.ROOT, "%.1f", i / 10.0)));
      if (bins[i] > 0) {
        bars.append(label(x + width / 2, y - 4, "middle", Integer.toString(bins[i])));
        told.append(
            String.format(Locale.ROOT, "%d of %.1f to %.1f; ", bins[i], i / 10.0, (i + 1) / 10.0));
      }
    }
    bars.append(label(WIDTH - 12.0, HEIGHT - 12, "end", "1"));
    return svg(HEIGHT, measure.title() + " by question", told.toString(), bars.toString());
  }

  private static String bar(int y, double share, String kind) {
    return String.format(
        Locale.ROOT,
        "<rect class=\"%s\" x=\"104\" y=\"%d\" width=\"%.1f\" height=\"14\"/>",
        kind,
        y + 3,
        Math.max(1, share * (WIDTH - 116)));
  }

  /** The grid of what lies between 0 and 1. */
  private static String shares() {
    StringBuilder grid = new StringBuilder();
    for (int i = 0; i <= 4; i++) {
      double y = y(i / 4.0);
      grid.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
              LEFT,
              WIDTH - 12,
              y,
              y));
      grid.append(label(LEFT - 6, y + 4, "end", String.format(Locale.ROOT, "%.2f", i / 4.0)));
    }
    return grid.toString();
  }

  private static double x(double share) {
    return LEFT + 10 + share * (WIDTH - LEFT - 32);
  }

  private static double y(double share) {
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private static String label(double x, double y, String anchor, String words) {
    return String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor)
        + Html.escaped(words)
        + "</text>";
  }

  private static String svg(int height, String title, String told, String content) {
    String id = title.replaceAll("[^A-Za-z]", "");
    return String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\" ", WIDTH, height)
        + "aria-labelledby=\"%s-t %s-d\">".formatted(id, id)
        + "<title id=\"%s-t\">%s</title>".formatted(id, Html.escaped(title))
        + "<desc id=\"%s-d\">%s</desc>".formatted(id, Html.escaped(told))
        + content
        + "</svg>";
  }
}
