package dev.privateapi.aws;

import java.util.function.Supplier;

/**
 * A read that several stacks may share.
 *
 * @param name what is read, all its parameters included: two queries of one name are the same read
 * @param load makes the calls, all pages of them
 */
public record Query<T>(String name, Supplier<T> load) {}
