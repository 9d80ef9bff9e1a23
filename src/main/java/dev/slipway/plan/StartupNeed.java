package dev.slipway.plan;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.catalog.InstanceType;
import dev.slipway.model.Lock;
import dev.slipway.plan.Blueprint.Startup;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * Derives the times and the disk that a model needs to start.
 *
 * <ul>
 *   <li>Download: 5 minutes, and a second for each 100 MB. SageMaker reads a prefix with many
 *       connections and gets several hundred MB/s; the slowest instances share a 10 Gbit/s link
 *       with a burst, of which this is a tenth. Too long costs nothing, too short fails the deploy.
 *   <li>Start: 10 minutes, and a second for each 200 MB: images of 10 GB unpack, weights go through
 *       memory to the GPU, vLLM compiles and captures its graphs.
 *   <li>Both stay within SageMaker's 60 to 3600 seconds.
 *   <li>Volume, where no instance has disks of its own: 30 GB for the image and the system, and 1.2
 *       times the model; 2.4 times where it is packed, since it lies there packed and unpacked.
 * </ul>
 */
final class StartupNeed {
  private static final long DOWNLOAD_BYTES_PER_SECOND = 100_000_000;
  private static final Duration DOWNLOAD_AT_LEAST = Duration.ofMinutes(5);
  private static final long START_BYTES_PER_SECOND = 200_000_000;
  private static final Duration START_AT_LEAST = Duration.ofMinutes(10);
  private static final long VOLUME_BASE_GB = 30;
  private static final double VOLUME_SHARE = 1.2;
  private static final double GB = 1e9;

  /** What the system and the server keep of an instance's memory. */
  private static final double MEMORY_FOR_COPIES = 0.8;

  private static final long COPY_BASE_MB = 4096;
  private static final int COPY_AT_LEAST_MB = 1024;

  private StartupNeed() {}

  static Startup of(Lock lock, List<InstanceType> known, boolean allKnown, int accelerators) {
    long bytes = lock.files().stream().mapToLong(file -> file.size()).sum();
    boolean noDisk = allKnown && known.stream().allMatch(each -> each.nvmeGb().isEmpty());
    return new Startup(
        time(DOWNLOAD_AT_LEAST, bytes, DOWNLOAD_BYTES_PER_SECOND),
        time(START_AT_LEAST, bytes, START_BYTES_PER_SECOND),
        noDisk ? OptionalInt.of(volumeGb(lock, bytes)) : OptionalInt.empty(),
        accelerators,
        copyMemoryMb(GpuNeed.of(lock), known, accelerators));
  }

  private static Duration time(Duration least, long bytes, long perSecond) {
    long seconds = least.toSeconds() + bytes / perSecond;
    return Duration.ofSeconds(
        Math.clamp(
            seconds, HostingLimits.START_AT_LEAST.value(), HostingLimits.START_AT_MOST.value()));
  }

  /** Returns the volume, cut to the largest there is: preflight says where that is too small. */
  private static int volumeGb(Lock lock, long bytes) {
    return (int) Math.min(wantedVolumeGb(lock, bytes), HostingLimits.VOLUME_GB.value());
  }

  static long wantedVolumeGb(Lock lock, long bytes) {
    double copies = ModelKeys.isArchive(lock) ? 2 * VOLUME_SHARE : VOLUME_SHARE;
    return VOLUME_BASE_GB + (long) Math.ceil(bytes * copies / GB);
  }

  /**
   * Returns the memory of one copy of a component: its share by GPUs of the smallest instance, so
   * that as many copies fit as its GPUs take; less where the model is small.
   */
  private static int copyMemoryMb(GpuNeed need, List<InstanceType> known, int accelerators) {
    long wanted = (need.weightsBytes() >> 20) + COPY_BASE_MB;
    long share =
        known.stream()
            .mapToLong(
                each ->
                    (long)
                        (each.memoryMib()
                            * MEMORY_FOR_COPIES
                            * (each.gpus() == 0 ? 1 : (double) accelerators / each.gpus())))
            .min()
            .orElse(wanted);
    return (int) Math.max(COPY_AT_LEAST_MB, Math.min(wanted, share));
  }
}
