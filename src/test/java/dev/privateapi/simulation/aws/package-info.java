/**
 * AWS in memory, as far as the layers call it: one stateful client of the SDK's own interface for each service over one
 * {@link dev.privateapi.simulation.aws.World}, whose clock moves only when it is told to. It takes AWS' time, refuses what
 * AWS refuses in AWS' words and by the SDK's exceptions, shows writes late where AWS may, and does to a call what the
 * {@link dev.privateapi.simulation.aws.Weather} says. What is not called is not there: the SDK's interfaces answer it with
 * {@link java.lang.UnsupportedOperationException}.
 *
 * <p>The behaviours are those of the sandbox AWS, whose tests name AWS' documentation for each; {@code ParityIT} holds the
 * two against each other.
 */
package dev.privateapi.simulation.aws;
