/** Simulates CloudFormation: templates, change sets, and the work on stacks. */
@NullMarked
package dev.slipway.standin.stacks;

import org.jspecify.annotations.NullMarked;
