package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.Finding;
import java.util.List;

/** Checks, before anything is made, whether a deploy can work. */
@FunctionalInterface
public interface Preflight {

  /** Returns what it found; nothing is changed. */
  List<Finding> check(Manifest manifest, Lock lock, Cloud cloud);
}
