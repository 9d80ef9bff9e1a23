package dev.slipway.standin;

import dev.slipway.deploy.cloud.Account;
import dev.slipway.deploy.cloud.Alarms;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.ContainerLogs;
import dev.slipway.deploy.cloud.ContainerServices;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Images;
import dev.slipway.deploy.cloud.Scaling;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.ConnectionLost;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Locale;

/**
 * A cloud without a network: every call goes to a simulation, through its script of faults.
 * Thread-safe.
 */
public final class FakeCloud implements Cloud {
  private final CloudSimulation simulation;
  private final MemoryHouse house;
  private final Stacks stacks;
  private final Hosting hosting;
  private final Scaling scaling;
  private final Alarms alarms;
  private final ContainerLogs logs;
  private final Account account;
  private final Images images;
  private final ContainerServices services;

  /** Makes a client of a simulation with buckets in memory. */
  public FakeCloud(CloudSimulation simulation) {
    if (!(simulation.objects() instanceof MemoryHouse memory)) {
      throw new IllegalArgumentException("the simulation's buckets must be in memory");
    }
    this.simulation = simulation;
    this.house = memory;
    this.stacks = port(Stacks.class, simulation.stacks());
    this.hosting = port(Hosting.class, simulation.hosting());
    this.scaling = port(Scaling.class, simulation.scaling());
    this.alarms = port(Alarms.class, simulation.alarms());
    this.logs = port(ContainerLogs.class, simulation.logs());
    this.account = port(Account.class, simulation.account());
    this.images = port(Images.class, simulation.images());
    this.services = port(ContainerServices.class, simulation.services());
  }

  @Override
  public String region() {
    return simulation.region().name();
  }

  @Override
  public Stacks stacks() {
    return stacks;
  }

  @Override
  public Hosting hosting() {
    return hosting;
  }

  @Override
  public Scaling scaling() {
    return scaling;
  }

  @Override
  public Alarms alarms() {
    return alarms;
  }

  @Override
  public ContainerLogs logs() {
    return logs;
  }

  @Override
  public Account account() {
    return account;
  }

  @Override
  public Images images() {
    return images;
  }

  @Override
  public ContainerServices services() {
    return services;
  }

  @Override
  public Bucket bucket(String name) {
    // Opened before it exists, it answers as an absent bucket does until it is made.
    Bucket asked =
        (Bucket)
            Proxy.newProxyInstance(
                Bucket.class.getClassLoader(),
                new Class<?>[] {Bucket.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "name" -> name;
                      case "close" -> null;
                      default ->
                          method.invoke(
                              house
                                  .bucket(name)
                                  .orElseThrow(
                                      () ->
                                          new AwsError(
                                              404,
                                              "NoSuchBucket",
                                              "The specified bucket does not exist")),
                              arguments);
                    });
    return port(Bucket.class, asked);
  }

  @Override
  public RuntimeClient runtime() {
    return new FakeRuntime(simulation, house);
  }

  @Override
  public void close() {}

  /** Sends every call of a port through the simulation's script. */
  private <T> T port(Class<T> type, T service) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "name", "close", "toString", "hashCode", "equals" ->
                      method.invoke(service, arguments);
                  default -> answer(type, method, service, arguments);
                }));
  }

  private Object answer(Class<?> type, Method method, Object service, Object[] arguments) {
    String operation = Operation.of(type, method, arguments == null ? new Object[0] : arguments);
    try {
      Object[] answer = new Object[1];
      simulation.call(
          operation,
          () -> {
            answer[0] = invoke(method, service, arguments);
            return "";
          });
      return answer[0];
    } catch (ConnectionLost e) {
      throw new CloudFailure(
          Kind.UNREACHABLE,
          "Cannot reach AWS for " + operation,
          "nothing answered.",
          "Check the network, then run the command again.",
          e);
    } catch (AwsError e) {
      throw new CloudFailure(kind(e), "AWS refused " + operation, e.text(), "See the reason.", e);
    }
  }

  private static Object invoke(Method method, Object service, Object[] arguments) {
    try {
      return method.invoke(service, arguments);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof AwsError error) {
          throw error;
        }
        if (cause instanceof CloudFailure failure) {
          throw failure;
        }
      }
      throw new IllegalStateException(e);
    }
  }

  /** Returns what kind of failure a service's answer is. */
  static Kind kind(AwsError error) {
    String text = error.text().toLowerCase(Locale.ROOT);
    return switch (error.code()) {
      case "Throttling", "ThrottlingException", "TooManyRequestsException" -> Kind.THROTTLED;
      case "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId" -> Kind.CREDENTIALS;
      case "AccessDenied", "AccessDeniedException" -> Kind.DENIED;
      case "ResourceLimitExceeded", "LimitExceededException" -> Kind.QUOTA;
      case "AlreadyExistsException",
          "InvalidChangeSetStatus",
          "ResourceInUse",
          "OperationInProgressException" ->
          Kind.CONFLICT;
      case "ChangeSetNotFound", "NoSuchBucket", "NoSuchUpload", "ObjectNotFoundException" ->
          Kind.NOT_FOUND;
      default -> {
        if (error.status() >= 500) {
          yield Kind.INTERNAL;
        }
        if (text.contains("does not exist") || text.contains("could not find")) {
          yield Kind.NOT_FOUND;
        }
        yield text.contains("in-progress")
                || text.contains("state and can not")
                || text.contains("while in status")
                || text.contains("current stack status")
            ? Kind.CONFLICT
            : Kind.INVALID;
      }
    };
  }
}
