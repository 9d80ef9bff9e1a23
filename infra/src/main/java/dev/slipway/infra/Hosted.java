package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.ResourceNames;
import java.util.List;

/**
 * An endpoint that is to be declared, with what all of a deployment has.
 *
 * @param whole the deployment
 * @param endpoint its endpoint
 */
record Hosted(Blueprint whole, Blueprint.Endpoint endpoint) {

  ResourceNames names() {
    return whole.names();
  }

  EndpointSpec spec() {
    return endpoint.spec();
  }

  List<String> instances() {
    return endpoint.instances();
  }

  Blueprint.ModelData model() {
    return endpoint.model();
  }

  Blueprint.Container container() {
    return endpoint.container();
  }

  Blueprint.Startup startup() {
    return endpoint.startup();
  }
}
