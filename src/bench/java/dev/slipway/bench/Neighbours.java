package dev.slipway.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Unit vectors to be found, others to look for, and which are truly nearest to each of these.
 *
 * <p>They are made as text's are: in topics, and on far fewer dimensions than they are long.
 *
 * @param base what is searched
 * @param queries what is looked for
 * @param truth by query, the indices of the {@link #NEAREST} nearest of the base
 */
record Neighbours(float[][] base, float[][] queries, int[][] truth) {
  /** How many neighbours of each query are known. */
  static final int NEAREST = 10;

  private static final int TOPICS = 500;
  private static final int TRUE_DIMENSIONS = 48;
  private static final float WITHIN_TOPIC = 0.7f;
  private static final float NOISE = 0.05f;

  static Neighbours make(int passages, int questions, int dimensions) {
    Random random = new Random(1);
    float[][] axes = gaussian(random, TRUE_DIMENSIONS, dimensions);
    float[][] topics = gaussian(random, TOPICS, TRUE_DIMENSIONS);
    float[][] base = points(random, passages, topics, axes);
    float[][] queries = points(random, questions, topics, axes);
    int[][] truth =
        IntStream.range(0, questions)
            .parallel()
            .mapToObj(query -> nearest(base, queries[query]))
            .toArray(int[][]::new);
    return new Neighbours(base, queries, truth);
  }

  private static float[][] gaussian(Random random, int rows, int columns) {
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return values;
  }

  private static float[][] points(Random random, int count, float[][] topics, float[][] axes) {
    float[][] points = new float[count][axes[0].length];
    for (float[] point : points) {
      float[] topic = topics[random.nextInt(topics.length)];
      for (int axis = 0; axis < axes.length; axis++) {
        float along = topic[axis] + WITHIN_TOPIC * (float) random.nextGaussian();
        for (int i = 0; i < point.length; i++) {
          point[i] += along * axes[axis][i];
        }
      }
      double square = 0;
      for (int i = 0; i < point.length; i++) {
        point[i] += NOISE * (float) random.nextGaussian();
        square += (double) point[i] * point[i];
      }
      for (int i = 0; i < point.length; i++) {
        point[i] /= (float) Math.sqrt(square);
      }
    }
    return points;
  }

  private record Near(int index, float closeness) {}

  private static int[] nearest(float[][] base, float[] query) {
    PriorityQueue<Near> best =
        new PriorityQueue<>((a, b) -> Float.compare(a.closeness(), b.closeness()));
    for (int index = 0; index < base.length; index++) {
      float closeness = 0;
      for (int i = 0; i < query.length; i++) {
        closeness += base[index][i] * query[i];
      }
      if (best.size() < NEAREST || closeness > best.element().closeness()) {
        best.add(new Near(index, closeness));
        if (best.size() > NEAREST) {
          best.remove();
        }
      }
    }
    return best.stream().mapToInt(Near::index).toArray();
  }

  /** Returns which part of a query's true neighbours was found. */
  double recall(int query, Set<Integer> found) {
    Set<Integer> nearest =
        IntStream.of(truth[query]).boxed().collect(Collectors.toCollection(HashSet::new));
    int all = nearest.size();
    nearest.retainAll(found);
    return (double) nearest.size() / all;
  }

  /** Writes {@code base.f32}, {@code queries.f32} and {@code truth.i32}, little-endian. */
  void write(Path folder) throws IOException {
    write(folder.resolve("base.f32"), base);
    write(folder.resolve("queries.f32"), queries);
    ByteBuffer bytes =
        ByteBuffer.allocate(truth.length * NEAREST * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] row : truth) {
      bytes.asIntBuffer().put(row);
      bytes.position(bytes.position() + row.length * Integer.BYTES);
    }
    Files.write(folder.resolve("truth.i32"), bytes.array());
  }

  private static void write(Path file, float[][] rows) throws IOException {
    ByteBuffer row =
        ByteBuffer.allocate(rows[0].length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (float[] values : rows) {
        row.asFloatBuffer().put(values);
        out.write(row.array());
      }
    }
  }
}
