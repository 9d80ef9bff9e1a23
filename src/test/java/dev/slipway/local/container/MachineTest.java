package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  private final Path root;

  MachineTest(@TempDir Path root) {
    this.root = root;
  }

  @Test
  void readsLinux() throws IOException {
    file("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu avx2 avx2 fma\n\nprocessor\t: 1\n");
    file("proc/meminfo", "MemTotal:  2048 kB\nMemAvailable:    1024 kB\n");
    Machine machine = Machine.at(root, "Linux", "amd64");
    assertThat(machine.system()).isEqualTo("linux");
    assertThat(machine.architecture()).isEqualTo("x86_64");
    assertThat(machine.processorFlags()).containsExactlyInAnyOrder("fpu", "avx2", "fma");
    assertThat(machine.availableBytes()).hasValue(1_048_576);
    assertThat(machine.musl()).isFalse();
  }

  @Test
  void tightestControlGroupCounts() throws IOException {
    file("proc/meminfo", "MemAvailable:    1000000 kB\n");
    file("proc/self/cgroup", "0::/a/b\n");
    file("sys/fs/cgroup/a/b/memory.max", "max\n");
    file("sys/fs/cgroup/a/b/memory.current", "5\n");
    file("sys/fs/cgroup/a/memory.max", "1000\n");
    file("sys/fs/cgroup/a/memory.current", "700\n");
    file("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 200\n");
    assertThat(Machine.at(root, "Linux", "amd64").availableBytes()).hasValue(500);
  }

  @Test
  void oldControlGroupsCountToo() throws IOException {
    file("proc/meminfo", "MemAvailable:    1000000 kB\n");
    file("proc/self/cgroup", "3:cpu,memory:/x\n1:name=systemd:/\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4096\n");
    file("sys/fs/cgroup/memory/memory.usage_in_bytes", "96\n");
    assertThat(Machine.at(root, "Linux", "amd64").availableBytes()).hasValue(4_000);
  }

  @Test
  void knowsMusl() throws IOException {
    file("lib/ld-musl-x86_64.so.1", "");
    assertThat(Machine.at(root, "Linux", "amd64").musl()).isTrue();
    file("lib64/ld-linux-x86-64.so.2", "");
    assertThat(Machine.at(root, "Linux", "amd64").musl()).isFalse();
  }

  @Test
  void whatIsNotKnownIsNotGuessed() {
    Machine machine = Machine.at(root, "Linux", "aarch64");
    assertThat(machine.processorFlags()).isEmpty();
    assertThat(machine.availableBytes()).isEmpty();
    assertThat(Machine.at(root, "Mac OS X", "aarch64").system()).isEqualTo("mac");
  }

  private void file(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, content);
  }
}
