package dev.slipway.aws;

/**
 * What is asked of AWS, for messages.
 *
 * @param what fails if it fails: {@code Cannot read stack "x"}
 * @param action that a policy must allow: {@code cloudformation:DescribeStacks}
 * @param resource that it is about: {@code stack "x"}
 */
record Ask(String what, String action, String resource) {}
