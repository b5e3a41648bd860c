/**
 * The way to AWS: clients per account and Region that make each call once, reads that the fleet shares, the gate that keeps
 * to AWS' rates, and what AWS' errors mean. Knows nothing of stacks.
 */
package dev.privateapi.aws;
