package dev.slipway.manifest;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A size that tasks on Fargate can have.
 *
 * @param cpu units, 1,024 to a core
 * @param memoryBytes whole GiB
 */
public record FargateSize(int cpu, long memoryBytes) {
  /** The most memory that a task can have: 120 GiB. */
  public static final long MOST_MEMORY = 120L << 30;

  private static final long GIB = 1L << 30;

  /**
   * Memory in GiB by CPU units: the least, the most and the step between, as in the Amazon ECS
   * Developer Guide, "Task CPU and memory".
   */
  private static final List<Range> SIZES =
      List.of(
          new Range(512, 1, 4, 1),
          new Range(1024, 2, 8, 1),
          new Range(2048, 4, 16, 1),
          new Range(4096, 8, 30, 1),
          new Range(8192, 16, 60, 4),
          new Range(16_384, 32, 120, 8));

  /** Memory in GiB. */
  record Range(int cpu, int least, int most, int step) {
    boolean fits(long bytes) {
      long gib = bytes / GIB;
      return bytes % GIB == 0 && gib >= least && gib <= most && (gib - least) % step == 0;
    }

    private Optional<FargateSize> holding(long bytes) {
      return LongStream.iterate(least, gib -> gib <= most, gib -> gib + step)
          .filter(gib -> gib * GIB >= bytes)
          .mapToObj(gib -> new FargateSize(cpu, gib * GIB))
          .findFirst();
    }
  }

  /**
   * Returns the memory that tasks of so many CPU units can have; absent if none can have so many.
   */
  static Optional<Range> range(int cpu) {
    return SIZES.stream().filter(range -> range.cpu() == cpu).findFirst();
  }

  /**
   * Returns the smallest size with so much memory and CPU at least; absent if there is none.
   *
   * @param bytes of memory
   * @param cpu units
   */
  public static Optional<FargateSize> holding(long bytes, int cpu) {
    return SIZES.stream()
        .filter(range -> range.cpu() >= cpu)
        .flatMap(range -> range.holding(bytes).stream())
        .findFirst();
  }
}
