package dev.privateapi.validation;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every two items of a list, each pair once. */
record Pair<T>(T one, T other) {

    static <T> Stream<Pair<T>> of(List<T> items) {
        return IntStream.range(0, items.size())
                .boxed()
                .flatMap(i -> items.stream().skip(i + 1L).map(other -> new Pair<>(items.get(i), other)));
    }
}
