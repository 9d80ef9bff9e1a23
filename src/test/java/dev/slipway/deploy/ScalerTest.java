package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.deploy.Scaler.Scale;
import dev.slipway.deploy.Scaler.Wish;
import dev.slipway.failure.UsageFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds and count of a running endpoint change without a deploy. */
final class ScalerTest {
  private static final String COMPONENT =
      """
      , "Component": {"Type": "AWS::SageMaker::InferenceComponent", "Properties": {
       "InferenceComponentName": "chat", "EndpointName": {"Fn::GetAtt": ["Endpoint", "EndpointName"]},
       "Specification": {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}},
       "RuntimeConfig": {"CopyCount": 1}}}
      """;

  private static final OptionalInt SAME = OptionalInt.empty();

  private final Rig rig;

  ScalerTest(@TempDir Path folder) {
    this.rig = new Rig(folder);
  }

  private Scale scale(OptionalInt min, OptionalInt max, OptionalInt now) {
    return new Scaler(rig.cloud, rig.pace, rig.events::add)
        .scale(rig.manifest(), new Wish(min, max, now));
  }

  @Test
  void boundsAndCountChangeAndTheDeployThatResetsThemIsNamed() {
    rig.deploy();

    Scale scale = scale(OptionalInt.of(2), OptionalInt.of(6), OptionalInt.of(3));

    assertThat(scale.min()).isEqualTo(2);
    assertThat(scale.max()).isEqualTo(6);
    assertThat(scale.desired()).isEqualTo(3);
    assertThat(rig.cloud.scaling().targets(List.of("endpoint/chat/variant/main")))
        .singleElement()
        .satisfies(target -> assertThat(target.max()).isEqualTo(6));
    assertThat(rig.notes()).anyMatch(note -> note.contains("until the next deploy"));
  }

  @Test
  void scalingWhileItStillScalesWaitsForIt() {
    rig.simulation.conditions().updating(Duration.ofMinutes(7));
    rig.deploy();
    scale(SAME, OptionalInt.of(6), OptionalInt.of(3));

    Scale again = scale(SAME, SAME, OptionalInt.of(5));

    assertThat(again.desired()).isEqualTo(5);
    assertThat(rig.notes()).filteredOn(note -> note.contains("still changing")).hasSize(1);
  }

  @Test
  void componentThatStillScalesIsWaitedForToo() {
    rig.manifestMore = "endpoint: {components: true, scaling: {min: 0, max: 4}}\n";
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "one", COMPONENT);
    rig.simulation.conditions().updating(Duration.ofMinutes(7));
    rig.deploy();
    scale(SAME, SAME, OptionalInt.of(3));

    Scale none = scale(SAME, SAME, OptionalInt.of(0));

    assertThat(none.unit()).isEqualTo("copies");
    assertThat(none.desired()).isZero();
    assertThat(rig.notes()).filteredOn(note -> note.contains("still changing")).hasSize(1);
  }

  @Test
  void realtimeInstancesNeverGoToZero() {
    rig.deploy();

    UsageFailure refused =
        catchThrowableOfType(
            UsageFailure.class, () -> scale(OptionalInt.of(0), SAME, OptionalInt.of(0)));

    assertThat(refused.next()).contains("endpoint.components: true");
  }

  @Test
  void asynchronousInstancesMayGoToZero() {
    rig.manifestMore = "endpoint: {kind: async}\n";
    rig.deploy();

    assertThat(scale(OptionalInt.of(0), SAME, SAME).min()).isZero();
  }

  @Test
  void countOutsideTheBoundsIsRefused() {
    rig.deploy();

    UsageFailure refused =
        catchThrowableOfType(
            UsageFailure.class,
            () -> scale(OptionalInt.of(1), OptionalInt.of(2), OptionalInt.of(3)));

    assertThat(refused.why()).contains("from 1 to 2, is 3");
  }
}
