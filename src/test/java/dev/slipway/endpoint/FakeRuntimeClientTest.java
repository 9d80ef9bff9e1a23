package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.OptionalInt;

class FakeRuntimeClientTest extends RuntimeClientContract {
  @Override
  protected RuntimeClient answering(byte[]... parts) {
    return new FakeRuntimeClient().answering(parts);
  }

  @Override
  protected RuntimeClient breakingOffAfter(byte[]... parts) {
    EndpointFailure failure =
        new EndpointFailure(
            Kind.UNAVAILABLE, OptionalInt.empty(), "it broke off", "it crashed", "wait", null);
    return new FakeRuntimeClient().failing(failure, parts);
  }

  @Override
  protected RuntimeClient knowingNothing() {
    return new FakeRuntimeClient();
  }
}
