package dev.slipway.aws;

import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Holds the adapters and moto to the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MotoServicesTest extends ServicesContract {
  private Optional<Moto> moto = Optional.empty();

  @BeforeAll
  void open() {
    moto = Optional.of(Moto.open());
  }

  @AfterAll
  void close() {
    moto.ifPresent(Moto::close);
  }

  @Override
  protected Cloud cloud() {
    return moto.orElseThrow().cloud();
  }

  @Override
  protected Pace pace() {
    return Moto.AT_ONCE;
  }

  @Override
  protected Set<Gap> gaps() {
    return Moto.GAPS;
  }

  @Override
  protected void log(String group, String stream, Instant at, String text) {
    moto.orElseThrow().log(group, stream, at, text);
  }

  @Override
  protected String push(String repository, String tag) {
    return moto.orElseThrow().push(repository, tag);
  }
}
