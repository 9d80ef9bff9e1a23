package dev.slipway.deploy;

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
import dev.slipway.model.mirror.Bucket;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A cloud whose caller's process dies just before one of its calls, so just after another. */
final class MortalCloud implements Cloud {
  private final Cloud cloud;
  private final int fatal;
  private int calls;

  /** Never dies, and counts. */
  MortalCloud(Cloud cloud) {
    this(cloud, Integer.MAX_VALUE);
  }

  /**
   * Dies at a call.
   *
   * @param fatal the number of the call, from 1
   */
  MortalCloud(Cloud cloud, int fatal) {
    this.cloud = cloud;
    this.fatal = fatal;
  }

  int calls() {
    return calls;
  }

  @Override
  public String region() {
    return cloud.region();
  }

  @Override
  public Stacks stacks() {
    return mortal(Stacks.class, cloud.stacks());
  }

  @Override
  public Hosting hosting() {
    return mortal(Hosting.class, cloud.hosting());
  }

  @Override
  public Scaling scaling() {
    return mortal(Scaling.class, cloud.scaling());
  }

  @Override
  public Alarms alarms() {
    return mortal(Alarms.class, cloud.alarms());
  }

  @Override
  public ContainerLogs logs() {
    return mortal(ContainerLogs.class, cloud.logs());
  }

  @Override
  public Account account() {
    return mortal(Account.class, cloud.account());
  }

  @Override
  public Images images() {
    return mortal(Images.class, cloud.images());
  }

  @Override
  public ContainerServices services() {
    return mortal(ContainerServices.class, cloud.services());
  }

  @Override
  public Bucket bucket(String name) {
    return mortal(Bucket.class, cloud.bucket(name));
  }

  @Override
  public RuntimeClient runtime() {
    return mortal(RuntimeClient.class, cloud.runtime());
  }

  @Override
  public void close() {}

  private <T> T mortal(Class<T> type, T port) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (method.getName().equals("close") || method.getName().equals("name")) {
                return method.invoke(port, arguments);
              }
              calls++;
              if (calls >= fatal) {
                throw new ProcessDied();
              }
              try {
                return method.invoke(port, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }
}
