package dev.slipway.standin.kernel;

/** Says in which region of which account everything lies. */
public record Region(String name, String account) {

  /** Returns the ARN of a resource. */
  public String arn(String service, String resource) {
    return "arn:aws:" + service + ":" + name + ":" + account + ":" + resource;
  }
}
