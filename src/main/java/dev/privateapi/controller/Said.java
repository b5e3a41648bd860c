package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.graph.Node;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.validation.SpecProblem;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the annotation says that the stack adopts, held against what it wants. */
record Said(Adoption.Parsed parsed, String text) {

    static Said by(PrivateApiStack stack) {
        String text = WorthATurn.adoption(stack.getMetadata());
        return new Said(Adoption.parse(text), text == null ? "" : text);
    }

    Adoption adoption() {
        return parsed.adoption();
    }

    /** Of all that a person says: another annotation is as good a reason to look and to try again as another spec. */
    long revision(long generation) {
        return text.isEmpty() ? generation : ((long) text.hashCode() << Integer.SIZE) ^ generation;
    }

    List<SpecProblem> faults(Collection<Node> wanted) {
        Map<String, Node> byName = wanted.stream().collect(Collectors.toMap(node -> node.key().name(), Function.identity()));
        return Stream.concat(
                        parsed.faults().stream(),
                        adoption().ids().keySet().stream().sorted().flatMap(name -> fault(name, byName).stream()))
                .map(fault -> new SpecProblem("metadata.annotations", Adoption.ANNOTATION, fault))
                .toList();
    }

    private static Optional<String> fault(String name, Map<String, Node> wanted) {
        Node node = wanted.get(name);
        if (node == null) {
            return Optional.of("names " + name + ", which is nothing that this stack wants: write one of "
                    + String.join(", ", adoptable(wanted.values())));
        } else if (!node.key().kind().standsAlone()) {
            return Optional.of("names " + name + ", which comes with what it is part of or is made by the stack: leave it out");
        }
        return node.referencedId().map(id -> "names " + name + ", for which the spec names " + id
                + " to be used and not to be owned: leave it out of one of them");
    }

    private static Collection<String> adoptable(Collection<Node> wanted) {
        return wanted.stream()
                .filter(node -> node.key().kind().standsAlone() && node.referencedId().isEmpty())
                .map(node -> node.key().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
