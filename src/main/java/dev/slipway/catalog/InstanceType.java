package dev.slipway.catalog;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One instance type that hosts endpoints.
 *
 * @param name such as {@code ml.g5.2xlarge}
 * @param memoryMib of the whole instance
 * @param gpu which kind; absent on instances without
 * @param gpus how many, 0 on instances without
 * @param nvmeGb of the local disks together; absent where the model lies on an EBS volume
 */
public record InstanceType(
    String name, int vcpus, int memoryMib, Optional<Gpu> gpu, int gpus, OptionalInt nvmeGb) {

  /** Checks the numbers. */
  public InstanceType {
    if (!name.matches("ml\\.[a-z0-9-]+\\.[a-z0-9]+")) {
      throw new IllegalArgumentException("not an instance type: " + name);
    }
    if (vcpus <= 0 || memoryMib <= 0 || gpus < 0 || gpu.isPresent() != (gpus > 0)) {
      throw new IllegalArgumentException("numbers of " + name + " don't fit together");
    }
  }

  /** Returns the bytes of all its GPUs together, 0 on instances without. */
  public long gpuBytes() {
    return gpu.map(kind -> gpuBytesEach() * gpus).orElse(0L);
  }

  /** Returns the bytes of one of its GPUs, 0 on instances without. */
  public long gpuBytesEach() {
    return gpu.map(kind -> (long) kind.memoryMib() << 20).orElse(0L);
  }

  /** Returns the bytes of its memory. */
  public long memoryBytes() {
    return (long) memoryMib << 20;
  }

  /** Returns what holds a model, in words: {@code 1 x A10G of 22 GiB}. */
  public String inWords() {
    return gpu.map(
            kind -> "%d x %s of %d GiB".formatted(gpus, kind.model(), kind.memoryMib() >> 10))
        .orElse("no GPU, %d GiB of memory".formatted(memoryMib >> 10));
  }
}
