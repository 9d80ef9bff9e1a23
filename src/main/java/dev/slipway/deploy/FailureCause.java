package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Alarms.Alarm;
import dev.slipway.deploy.cloud.ContainerLogs.Line;
import dev.slipway.deploy.cloud.Stacks;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the one cause behind what CloudFormation, SageMaker and the containers said. Pure. */
final class FailureCause {
  private static final Pattern CAPACITY =
      Pattern.compile(
          "insufficientinstancecapacity|insufficient (instance )?capacity"
              + "|unable to provision requested ml compute capacity|capacity error",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern QUOTA =
      Pattern.compile(
          "resourcelimitexceeded|service limit|limitexceeded|quota", Pattern.CASE_INSENSITIVE);
  private static final Pattern IMAGE =
      Pattern.compile(
          "cannotpull|image.{0,200}(not found|does not exist|doesn't exist)|manifest unknown"
              + "|repositorynotfound|imagenotfound",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PULL_DENIED =
      Pattern.compile("ecr:\\w+|does not grant ecr|not grant.{0,40}pull", Pattern.CASE_INSENSITIVE);
  private static final Pattern ROLE =
      Pattern.compile(
          "(could not|cannot|can't|unable to|failed to) assume|not authorized to perform"
              + "|accessdenied|access denied|could not access model data|invalid execution role"
              + "|iam:passrole",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ALARM = Pattern.compile("\\balarms?\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern PING =
      Pattern.compile("ping health check|health ?check", Pattern.CASE_INSENSITIVE);

  private FailureCause() {}

  /**
   * Returns the cause.
   *
   * @param stack whose change failed
   * @param failed the events of resources that failed, the first one first
   * @param endpointReason SageMaker's own words
   * @param lines that the containers wrote meanwhile
   * @param alarms that ring
   * @param logsRead whether the containers' log could be read at all
   */
  static Diagnosis of(
      String stack,
      List<Stacks.Event> failed,
      Optional<String> endpointReason,
      List<Line> lines,
      List<Alarm> alarms,
      boolean logsRead) {
    String said =
        Stream.concat(
                failed.stream().flatMap(event -> event.reason().stream()), endpointReason.stream())
            .distinct()
            .collect(Collectors.joining(" "));
    return byWords(said)
        .or(() -> byAlarm(said, alarms))
        .or(() -> ContainerDiagnosis.of(lines))
        .or(() -> silent(said, lines, logsRead))
        .orElseGet(() -> verbatim(stack, failed, endpointReason));
  }

  private static Optional<Diagnosis> byWords(String said) {
    if (CAPACITY.matcher(said).find()) {
      return found(
          "no_capacity",
          "AWS has no instance of this type to give at the moment: " + quoted(said),
          "List further types in endpoint.instance, which are tried in order; or take another"
              + " region, or try again later.");
    }
    if (QUOTA.matcher(said).find()) {
      return found(
          "quota_exceeded",
          "A quota of the account is used up: " + quoted(said),
          "Ask for more under Service Quotas (Amazon SageMaker, \"INSTANCE for endpoint usage\"),"
              + " or set endpoint.instance to a type that has quota.");
    }
    boolean image = IMAGE.matcher(said).find();
    boolean denied = PULL_DENIED.matcher(said).find() || ROLE.matcher(said).find();
    if (image && denied) {
      return found(
          "image_or_role",
          "The image isn't there, or the execution role may not pull it (ECR says the same for"
              + " both): "
              + quoted(said),
          "Look with `aws ecr describe-images`: if it finds the tag, the repository's policy must"
              + " let the execution role pull; if not, correct endpoint.server.");
    }
    if (image) {
      return found(
          "image_missing",
          "The container image isn't there: " + quoted(said),
          "Correct the image's URI in endpoint.server; registry and endpoint share a region.");
    }
    if (PULL_DENIED.matcher(said).find()) {
      return found(
          "image_denied",
          "The execution role may not pull the image: " + quoted(said),
          "Let the role pull in the repository's policy: ecr:BatchGetImage,"
              + " ecr:GetDownloadUrlForLayer.");
    }
    if (denied) {
      return found(
          "role_denied",
          "An IAM permission is missing: " + quoted(said),
          "docs/permissions.md lists what the deployer needs; an organization's policy may take"
              + " some of it away.");
    }
    return Optional.empty();
  }

  private static Optional<Diagnosis> byAlarm(String said, List<Alarm> alarms) {
    if (alarms.isEmpty() && !ALARM.matcher(said).find()) {
      return Optional.empty();
    }
    String which =
        alarms.stream()
            .map(alarm -> alarm.name() + alarm.reason().map(why -> " (" + why + ")").orElse(""))
            .collect(Collectors.joining(", "));
    return found(
        "alarm",
        which.isEmpty() ? "An alarm rang: " + quoted(said) : "The alarm " + which + " rang.",
        "`slipway logs` shows what the new containers said; the alarms are endpoint.update.alarms.");
  }

  private static Optional<Diagnosis> silent(String said, List<Line> lines, boolean logsRead) {
    if (!PING.matcher(said).find()) {
      return Optional.empty();
    }
    if (logsRead && lines.isEmpty()) {
      return found(
          "container_silent",
          "The container died before it wrote a single line: that is how a host driver looks that"
              + " is too old for the image's CUDA.",
          "Take an image that the catalog knows an InferenceAmiVersion for, or one with an older"
              + " CUDA.");
    }
    return found(
        "container_health_check",
        "The container never answered its health check, and its log shows no known cause.",
        "Read `slipway logs`; a large model may need more time, a user's own image must answer GET"
            + " /ping on port 8080.");
  }

  private static Diagnosis verbatim(
      String stack, List<Stacks.Event> failed, Optional<String> endpointReason) {
    String cause =
        failed.stream()
            .findFirst()
            .map(event -> event.logicalId() + ": " + event.reason().orElse(event.status()))
            .or(() -> endpointReason)
            .orElse("CloudFormation gave no reason.");
    return new Diagnosis(
        "stack_failed", cause, "Correct that, then deploy again; the stack " + stack + " has all.");
  }

  private static Optional<Diagnosis> found(String code, String cause, String remedy) {
    return Optional.of(new Diagnosis(code, cause, remedy));
  }

  private static String quoted(String said) {
    String line = said.replaceAll("\\s+", " ").strip();
    return line.length() <= 400 ? line : line.substring(0, 400) + "…";
  }
}
