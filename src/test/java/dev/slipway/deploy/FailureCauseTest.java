package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deploy.cloud.ContainerLogs.Line;
import dev.slipway.deploy.cloud.Stacks.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each known failure has its own name and remedy. */
final class FailureCauseTest {
  private static Diagnosis because(String reason, String... log) {
    var event =
        new Event(
            "1",
            Instant.EPOCH,
            "Endpoint",
            "AWS::SageMaker::Endpoint",
            "CREATE_FAILED",
            Optional.empty(),
            Optional.of(reason));
    return FailureCause.of(
        "slipway-chat-endpoint", List.of(event), Optional.empty(), lines(log), List.of(), true);
  }

  private static List<Line> lines(String... log) {
    return IntStream.range(0, log.length)
        .mapToObj(i -> new Line("" + i, Instant.EPOCH, "main/i-1", log[i]))
        .toList();
  }

  @Test
  void missingImageMissingPullAndMissingPermissionAreToldApart() {
    assertThat(because("Requested image 1.dkr.ecr.eu-west-1.amazonaws.com/a:b not found.").code())
        .isEqualTo("image_missing");
    assertThat(
            because(
                    "The repository a in registry 1 does not grant ecr:BatchGetImage permission to"
                        + " sagemaker.amazonaws.com")
                .code())
        .isEqualTo("image_denied");
    assertThat(
            because("Could not access model data at s3://b/models/x/. Please check the role")
                .code())
        .isEqualTo("role_denied");
  }

  @Test
  void messageThatMeansImageOrPermissionSaysHowToTellThem() {
    Diagnosis both =
        because("The image 1.dkr.ecr/a:b does not exist or the role is not authorized to perform");

    assertThat(both.code()).isEqualTo("image_or_role");
    assertThat(both.remedy()).contains("aws ecr describe-images");
  }

  @Test
  void quotaAndCapacityAreToldApart() {
    assertThat(
            because(
                    "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0"
                        + " Instances (ResourceLimitExceeded)")
                .code())
        .isEqualTo("quota_exceeded");
    assertThat(
            because(
                    "Unable to provision requested ML compute capacity (InsufficientInstanceCapacity)")
                .code())
        .isEqualTo("no_capacity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RuntimeError: The NVIDIA driver on your system is too old|container_cuda_driver",
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0"
            + "|container_cuda_driver",
        "RuntimeError: No CUDA GPUs are available|container_no_gpu",
        "torch.cuda.OutOfMemoryError: CUDA out of memory|container_gpu_memory",
        "ValueError: No available memory for the cache blocks|container_context_memory",
        "FileNotFoundError: [Errno 2] No such file or directory: '/opt/ml/model/config.json'"
            + "|container_file_missing",
        "ValueError: Model architectures ['FooForCausalLM'] are not supported for now"
            + "|container_architecture",
        "Please pass the argument `trust_remote_code=True`|container_remote_code",
        "Traceback (most recent call last):|container_crashed",
        "Worker was sent SIGKILL by signal 9|container_host_memory",
      })
  void failedHealthCheckIsExplainedByWhatTheContainerWrote(String line, String code) {
    Diagnosis why = because("The primary container did not pass the ping health check.", line);

    assertThat(why.code()).isEqualTo(code);
    assertThat(why.remedy()).isNotEmpty();
  }

  @Test
  void outOfMemoryIsFoundBehindItsTraceback() {
    assertThat(
            because(
                    "did not pass the ping health check",
                    "Traceback (most recent call last):",
                    "  File \"engine.py\", line 1",
                    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate")
                .code())
        .isEqualTo("container_gpu_memory");
  }

  @Test
  void containerThatBeginsAgainAndAgainIsNoticed() {
    assertThat(
            ContainerDiagnosis.of(
                lines(
                    "Starting vLLM API server 1",
                    "Starting vLLM API server 1",
                    "Starting vLLM API server 1")))
        .get()
        .extracting(Diagnosis::code)
        .isEqualTo("container_restarts");
  }

  @Test
  void ordinaryLinesDoNotSmell() {
    assertThat(
            lines(
                "INFO Loading safetensors checkpoint shards: 100%",
                "INFO Started server process [1]",
                "INFO Application startup complete.",
                "GET /ping HTTP/1.1 200 OK"))
        .noneMatch(ContainerDiagnosis::smells);
  }

  @Test
  void unknownReasonIsGivenAsItIs() {
    assertThat(because("Something new").cause()).isEqualTo("Endpoint: Something new");
  }
}
