package dev.privateapi.aws;

import java.time.Instant;

/**
 * What AWS answered.
 *
 * @param takenAt when the question was asked: a write that ended before it is in the answer, as far as AWS is consistent
 */
public record Snapshot<T>(Instant takenAt, T value) {}
