package dev.slipway.model.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.S3Bucket;
import dev.slipway.local.s3.ObjectServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Kills a copy as nothing can be caught (SIGKILL), in a process of its own, over the network. */
class MirrorKillTest {

  @Test
  void aCopyThatWasKilledGoesOnWhereItStopped(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (ObjectServer server = ObjectServer.start(folder, 0);
        S3Client s3 = MirrorProcess.client(server.url());
        Bucket bucket = new S3Bucket(s3, MirrorProcess.BUCKET, "123456789012")) {
      server.store().ensureBucket(MirrorProcess.BUCKET);
      killAfterTwoParts(server);
      // The small file may be on its way still, or done.
      List<Bucket.Upload> left = bucket.uploads(MirrorProcess.PREFIX + "model.safetensors");
      assertThat(left).hasSize(1);
      int arrived = bucket.parts(left.getFirst()).size();

      List<String> sent = new ArrayList<>();
      BytesContent model = MirrorProcess.model();
      new Mirror(
              new ScriptedBucket(bucket, _ -> {}, sent),
              MirrorProcess.PART_BYTES,
              Retries.USUAL,
              System::nanoTime)
          .copy(model.snapshot(), MirrorProcess.PREFIX, at -> {});

      assertThat(sent.stream().filter(part -> part.contains("safetensors")))
          .as("what had arrived is not sent again")
          .hasSize(5 - arrived);
      assertThat(bucket.uploads("")).isEmpty();
      for (var file : model.files.entrySet()) {
        assertThat(bucket.get(MirrorProcess.PREFIX + file.getKey()).orElseThrow())
            .isEqualTo(file.getValue());
      }
      assertThat(bucket.head(MirrorManifest.key(MirrorProcess.PREFIX))).isPresent();
    }
  }

  /** Starts a copy in the least memory that is promised, and kills it in its middle. */
  private static void killAfterTwoParts(ObjectServer server)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                MirrorProcess.class.getName(),
                server.url().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader progress = process.inputReader()) {
      long moved = 0;
      while (moved < 2L * MirrorProcess.PART_BYTES) {
        String line = progress.readLine();
        assertThat(line).as("the copy ended by itself").isNotNull();
        moved = Long.parseLong(line);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
