package dev.slipway.standin;

import dev.slipway.deploy.Pace;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.hosting.ObjectHouse;
import dev.slipway.standin.hosting.SimulatedAccount;
import dev.slipway.standin.hosting.SimulatedAlarms;
import dev.slipway.standin.hosting.SimulatedHosting;
import dev.slipway.standin.hosting.SimulatedImages;
import dev.slipway.standin.hosting.SimulatedLogs;
import dev.slipway.standin.hosting.SimulatedRuntime;
import dev.slipway.standin.hosting.SimulatedScaling;
import dev.slipway.standin.hosting.SimulatedServices;
import dev.slipway.standin.hosting.World;
import dev.slipway.standin.kernel.Agenda;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.Conditions;
import dev.slipway.standin.kernel.ConnectionLost;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.Faults;
import dev.slipway.standin.kernel.Names;
import dev.slipway.standin.kernel.Region;
import dev.slipway.standin.stacks.Services;
import dev.slipway.standin.stacks.SimulatedStacks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One region of one account, simulated in memory. Time passes by the clock that it is given, and by
 * calls if each is worth some, so no test has to wait. Thread-safe through {@link #call} and {@link
 * #with}, which take one thread at a time.
 */
public final class CloudSimulation {
  private final World world;
  private final Faults faults = new Faults();
  private final ObjectHouse objects;
  private final SimulatedAlarms alarms;
  private final SimulatedScaling scaling;
  private final SimulatedLogs logs;
  private final SimulatedHosting hosting;
  private final SimulatedImages images;
  private final SimulatedServices services;
  private final SimulatedAccount account;
  private final SimulatedRuntime runtime;
  private final SimulatedStacks stacks;

  /** Makes an empty region {@code eu-west-1} with buckets in memory, whose time is the clock's. */
  public CloudSimulation(Pace pace) {
    this(new Region("eu-west-1", "123456789012"), pace, Duration.ZERO, new MemoryHouse());
  }

  /**
   * Makes an empty region.
   *
   * @param perCall how much time each call takes beside the clock's
   * @param objects where the buckets are
   */
  public CloudSimulation(Region region, Pace pace, Duration perCall, ObjectHouse objects) {
    Agenda agenda = new Agenda(pace, perCall);
    this.world = new World(region, agenda, new Conditions(), new Names());
    this.objects = objects;
    this.alarms = new SimulatedAlarms(region);
    this.scaling = new SimulatedScaling();
    this.logs = new SimulatedLogs(agenda);
    this.hosting = new SimulatedHosting(world, scaling, logs, alarms);
    this.images = new SimulatedImages(region);
    this.services = new SimulatedServices(world, logs);
    this.account = new SimulatedAccount(region, hosting);
    this.runtime = new SimulatedRuntime(hosting);
    this.stacks =
        new SimulatedStacks(
            new Services(world, hosting, scaling, alarms, logs, images, services, objects));
  }

  /**
   * Makes one call, as a client would: time passes, and the script may let it go wrong.
   *
   * @param operation in the service's words
   * @throws AwsError if the service refuses it
   * @throws ConnectionLost if the caller gets no answer
   */
  public synchronized <T> T call(String operation, Supplier<T> body) {
    world.agenda().call();
    Optional<Fault> fault = faults.next(operation);
    if (fault.isEmpty()) {
      return body.get();
    }
    switch (fault.get()) {
      case Fault.Refusal refusal ->
          throw new AwsError(refusal.status(), refusal.code(), refusal.text());
      case Fault.LostRequest lost -> throw new ConnectionLost(operation);
      case Fault.LostReply lost -> {
        Objects.requireNonNull(body.get());
        throw new ConnectionLost(operation);
      }
    }
  }

  /** Makes a call whose effect is elsewhere: returns what goes wrong with it. */
  public synchronized Optional<Fault> pass(String operation) {
    world.agenda().call();
    return faults.next(operation);
  }

  /** Looks at the simulation, or changes it, behind the clients' backs. */
  public synchronized void with(Consumer<CloudSimulation> deed) {
    world.agenda().call();
    deed.accept(this);
  }

  /** Lets each call take so much time. */
  public synchronized void perCall(Duration duration) {
    world.agenda().perCall(duration);
  }

  /** Returns the script of what goes wrong with calls. */
  public Faults faults() {
    return faults;
  }

  /** Returns how the world is. */
  public Conditions conditions() {
    return world.conditions();
  }

  /** Returns where this is. */
  public Region region() {
    return world.region();
  }

  /** ECS. */
  public SimulatedServices services() {
    return services;
  }

  /** CloudFormation. */
  public SimulatedStacks stacks() {
    return stacks;
  }

  /** SageMaker. */
  public SimulatedHosting hosting() {
    return hosting;
  }

  /** Application Auto Scaling. */
  public SimulatedScaling scaling() {
    return scaling;
  }

  /** CloudWatch. */
  public SimulatedAlarms alarms() {
    return alarms;
  }

  /** CloudWatch Logs. */
  public SimulatedLogs logs() {
    return logs;
  }

  /** The account. */
  public SimulatedAccount account() {
    return account;
  }

  /** ECR. */
  public SimulatedImages images() {
    return images;
  }

  /** SageMaker Runtime. */
  public SimulatedRuntime runtime() {
    return runtime;
  }

  /** The buckets. */
  public ObjectHouse objects() {
    return objects;
  }
}
