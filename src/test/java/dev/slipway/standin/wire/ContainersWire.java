package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deploy.cloud.ContainerServices;
import dev.slipway.deploy.cloud.Images;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.kernel.AwsError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** ECR and ECS by JSON. */
final class ContainersWire {
  private final CloudSimulation simulation;

  ContainersWire(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  /** Answers an operation; absent if it isn't known. */
  Optional<ObjectNode> answer(String operation, JsonNode request) {
    ObjectNode done = Json.object();
    switch (operation) {
      case "DescribeServices" -> services(request, done);
      case "ListTasks" -> {
        ArrayNode tasks = done.putArray("taskArns");
        for (int i = 0; i < stops(request.path("serviceName").asText()).size(); i++) {
          tasks.add(request.path("serviceName").asText().replace(":service/", ":task/") + "/" + i);
        }
      }
      case "DescribeTasks" -> tasks(request, done);
      case "ListImages" -> {
        ArrayNode images = done.putArray("imageIds");
        simulation
            .images()
            .digests(repository(request))
            .forEach(digest -> images.addObject().put("imageDigest", digest));
      }
      case "DescribeRepositories" -> {
        String name = repository(request.path("repositoryNames").path(0).asText());
        done.putArray("repositories")
            .addObject()
            .put("repositoryName", name)
            .put("repositoryUri", simulation.images().address(name).orElseThrow());
      }
      case "PutImage" -> {
        String tag = request.path("imageTag").asText();
        String digest = digest(request.path("imageManifest").asText());
        simulation.images().push(repository(request), digest, tag);
        done.putObject("image")
            .put("repositoryName", repository(request))
            .putObject("imageId")
            .put("imageTag", tag)
            .put("imageDigest", digest);
      }
      case "BatchGetImage" -> image(request, done);
      case "GetAuthorizationToken" -> {
        Images.Login login = simulation.images().login();
        String pair = login.user() + ":" + login.password();
        done.putArray("authorizationData")
            .addObject()
            .put(
                "authorizationToken",
                Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
      }
      case "BatchDeleteImage" -> {
        List<String> digests = new ArrayList<>();
        request.path("imageIds").forEach(image -> digests.add(image.path("imageDigest").asText()));
        simulation.images().delete(repository(request), digests);
        done.putArray("imageIds");
        done.putArray("failures");
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(done);
  }

  private void image(JsonNode request, ObjectNode done) {
    ArrayNode images = done.putArray("images");
    ArrayNode failures = done.putArray("failures");
    String tag = request.path("imageIds").path(0).path("imageTag").asText();
    Optional<String> digest = simulation.images().digest(repository(request), tag);
    if (digest.isPresent()) {
      images.addObject().putObject("imageId").put("imageTag", tag).put("imageDigest", digest.get());
    } else {
      failures
          .addObject()
          .put("failureCode", "ImageNotFound")
          .put("failureReason", "Requested image not found")
          .putObject("imageId")
          .put("imageTag", tag);
    }
  }

  private List<ContainerServices.Stop> stops(String service) {
    return simulation.services().stops(service);
  }

  /** A task's name is its service's and its place among the stopped. */
  private void tasks(JsonNode request, ObjectNode done) {
    ArrayNode tasks = done.putArray("tasks");
    done.putArray("failures");
    for (JsonNode wanted : request.path("tasks")) {
      String arn = wanted.asText();
      int slash = arn.lastIndexOf('/');
      ContainerServices.Stop stop =
          stops(arn.substring(0, slash).replace(":task/", ":service/"))
              .get(Integer.parseInt(arn.substring(slash + 1)));
      String[] said = stop.reason().split("; exit code ", -1);
      ObjectNode task =
          tasks
              .addObject()
              .put("taskArn", arn)
              .put("lastStatus", "STOPPED")
              .put("stoppedAt", Json.seconds(stop.at()))
              .put("stoppedReason", said[0]);
      ObjectNode container = task.putArray("containers").addObject().put("name", "service");
      if (said.length > 1) {
        container.put("exitCode", Integer.parseInt(said[1]));
      }
    }
  }

  private void services(JsonNode request, ObjectNode done) {
    ArrayNode services = done.putArray("services");
    ArrayNode failures = done.putArray("failures");
    for (JsonNode wanted : request.path("services")) {
      String arn = wanted.asText();
      Optional<ContainerServices.Service> found = simulation.services().find(arn);
      if (found.isPresent()) {
        describe(arn, found.get(), services.addObject());
      } else {
        failures.addObject().put("arn", arn).put("reason", "MISSING");
      }
    }
  }

  private static void describe(String arn, ContainerServices.Service service, ObjectNode one) {
    one.put("serviceArn", arn)
        .put("serviceName", arn.substring(arn.lastIndexOf('/') + 1))
        .put("status", service.status())
        .put("launchType", "FARGATE")
        .put("desiredCount", service.desired())
        .put("runningCount", service.running())
        .put("pendingCount", Math.max(0, service.desired() - service.running()));
    ArrayNode deployments = one.putArray("deployments");
    if (!service.status().equals("INACTIVE")) {
      ObjectNode newest =
          deployments
              .addObject()
              .put("status", "PRIMARY")
              .put("rolloutState", service.rollout().state());
      service.rollout().reason().ifPresent(why -> newest.put("rolloutStateReason", why));
    }
    ArrayNode events = one.putArray("events");
    for (ContainerServices.Event event : service.events()) {
      events
          .addObject()
          .put("id", event.id())
          .put("createdAt", Json.seconds(event.at()))
          .put("message", event.text());
    }
  }

  private static String digest(String manifest) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return "sha256:"
          + HexFormat.of().formatHex(digest.digest(manifest.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private String repository(JsonNode request) {
    return repository(request.path("repositoryName").asText());
  }

  private String repository(String name) {
    if (!simulation.images().exists(name)) {
      throw new AwsError(
          400,
          "RepositoryNotFoundException",
          "The repository with name '" + name + "' does not exist");
    }
    return name;
  }
}
