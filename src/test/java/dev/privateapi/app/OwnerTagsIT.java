package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Ownership;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What becomes of each object that can carry tags when somebody takes its owner's tag off, or writes another's over it. */
@TestInstance(Lifecycle.PER_CLASS)
class OwnerTagsIT {

    private static final String ANOTHER = "00000000-0000-0000-0000-00000000dead";
    private static final Set<String> ALL =
            Set.of(Ownership.OWNER_UID, Ownership.OWNER, Ownership.CLUSTER, Ownership.RESOURCE, Ownership.NAME);

    private SandboxStack stack;

    @BeforeAll
    void converge() {
        stack = SandboxStack.empty();
        stack.want(DriftCases.spec());
        stack.converge();
        stack.lookAgain();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    private static List<ResourceKey> tagged() {
        return SandboxStack.desired(DriftCases.spec()).stream().filter(DriftCases::tagged).map(Node::key).toList();
    }

    @TestFactory
    Stream<DynamicTest> whatLostAllItsTagsGetsThemBackAndIsNotMadeAgain() {
        return tagged().stream().map(key -> DynamicTest.dynamicTest(key.name(), () -> loses(List.of(key), ALL)));
    }

    @Test
    void aWholeStackThatLostTheOwnersTagGetsItBack() {
        loses(tagged(), Set.of(Ownership.OWNER_UID));
    }

    /** To the name of another of its kind, of which there are two then, or to none of the stack's at all. */
    @Test
    void whatSomebodyCalledSomethingElseIsStillWhatItWasMadeFor() {
        SortedMap<String, SortedSet<String>> before = Picture.of(stack);
        Tags.set(stack.person, subnet("10.1.1.0/24").kind(), stack.id(subnet("10.1.1.0/24").name()),
                Map.of(Ownership.RESOURCE, subnet("10.1.2.0/24").name()));
        Tags.set(stack.person, tagged().getFirst().kind(), stack.id("network/vpc"), Map.of(Ownership.RESOURCE, "mine"));

        stack.sandbox.resetJournal();
        stack.lookAgain();

        assertThat(stack.changes()).containsExactly("CreateTags", "CreateTags");
        assertThat(Picture.of(stack)).isEqualTo(before);
    }

    private static ResourceKey subnet(String cidr) {
        return Keys.subnet(cidr);
    }

    private void loses(List<ResourceKey> keys, Set<String> tags) {
        SortedMap<String, SortedSet<String>> before = Picture.of(stack);
        Map<String, Long> objects = objects();
        Map<String, String> ids = ids();
        keys.forEach(key -> Tags.remove(stack.person, key.kind(), stack.id(key.name()), tags));
        stack.sandbox.resetJournal();

        stack.lookAgain();
        List<String> changes = stack.changes();
        Outcome settled = stack.converge();

        assertThat(changes).as("tags and nothing else, in the first look").hasSize(keys.size())
                .allMatch(it -> it.contains("Tag"));
        assertThat(settled.converged()).isTrue();
        assertThat(stack.lookAgain().taken()).as("what is right stays as it is").isEmpty();
        assertThat(objects()).as("no second object").isEqualTo(objects);
        assertThat(ids()).isEqualTo(ids);
        assertThat(Picture.of(stack)).isEqualTo(before);
    }

    @TestFactory
    Stream<DynamicTest> whatCarriesAnotherOwnersTagIsReportedAndNeitherTouchedNorMadeAgain() {
        return tagged().stream().map(key -> DynamicTest.dynamicTest(key.name(), () -> isGivenAway(key)));
    }

    private void isGivenAway(ResourceKey key) {
        String id = stack.id(key.name());
        Map<String, Long> objects = objects();
        Tags.set(stack.person, key.kind(), id, Map.of(Ownership.OWNER_UID, ANOTHER));
        stack.sandbox.resetJournal();

        Outcome outcome = stack.lookAgain();
        for (int i = 0; i < 5; i++) {
            stack.advance(outcome.again());
            outcome = stack.pass();
        }
        stack.restart();
        outcome = stack.lookAgain();

        Optional<Problem> problem = Optional.ofNullable(outcome.problems().get(key));
        assertThat(stack.changes()).as("nothing is done about it, nor about what needs it").isEmpty();
        assertThat(objects()).as("no second object").isEqualTo(objects);
        assertThat(problem.map(Problem::category)).contains(Category.FOREIGN);
        assertThat(problem.orElseThrow().message()).contains(id, ANOTHER, Ownership.OWNER_UID, stack.owner.uid());
        assertThat(outcome.inventory()).filteredOn(it -> it.key().equals(key)).singleElement()
                .satisfies(entry -> assertThat(entry.id()).isEqualTo(id))
                .satisfies(entry -> assertThat(entry.state()).isEqualTo(Inventory.GIVEN_AWAY));

        Tags.set(stack.person, key.kind(), id, Map.of(Ownership.OWNER_UID, stack.owner.uid()));
        stack.sandbox.resetJournal();
        stack.lookAgain();
        stack.converge();

        assertThat(stack.changes()).as("given back, it is the stack's as before").isEmpty();
        assertThat(stack.id(key.name())).isEqualTo(id);
        assertThat(objects()).isEqualTo(objects);
    }

    private Map<String, Long> objects() {
        return stack.sandbox.left().stream().filter(it -> !it.path("type").asText().equals("task"))
                .map(it -> it.path("service").asText() + " " + it.path("type").asText())
                .collect(Collectors.groupingBy(it -> it, TreeMap::new, Collectors.counting()));
    }

    private Map<String, String> ids() {
        return stack.recorded().values().stream()
                .collect(Collectors.toMap(it -> it.key().name(), Inventory.Entry::id, (a, b) -> a, TreeMap::new));
    }

    @Test
    void aStackThatLostItsTagsIsDeletedToTheLastObject() {
        try (SandboxStack lost = SandboxStack.seeded()) {
            lost.recorded().values().stream().filter(it -> tagged().contains(it.key()))
                    .forEach(it -> Tags.remove(lost.person, it.key().kind(), it.id(), ALL));

            lost.wantNothing();
            lost.passUntil("it is gone", Outcome::gone);

            assertThat(lost.sandbox.left()).isEmpty();
            assertThat(lost.sandbox.changed()).isEmpty();
        }
    }

    @Test
    void whatCarriesAnotherOwnersTagIsLeftByTheDeletionAndHoldsUpOnlyWhatItUses() {
        try (SandboxStack stack = SandboxStack.seeded()) {
            List<String> given = List.of("service/log-group", "endpoints/execute-api-security-group");
            List<Inventory.Entry> entries =
                    stack.recorded().values().stream().filter(it -> given.contains(it.key().name())).toList();
            String group = entries.stream().map(Inventory.Entry::id).filter(it -> it.startsWith("sg-")).findFirst().orElse("");
            entries.forEach(it -> Tags.set(stack.person, it.key().kind(), it.id(), Map.of(Ownership.OWNER_UID, ANOTHER)));
            stack.wantNothing();

            Outcome held = stack.passUntil("only the VPC is held up", outcome -> outcome.problems().keySet().stream()
                    .anyMatch(key -> key.name().equals("network/vpc")) && outcome.inventory().size() <= 3);

            assertThat(held.problems().values()).singleElement()
                    .satisfies(it -> assertThat(it.category()).isEqualTo(Category.IN_USE))
                    .satisfies(it -> assertThat(it.message()).contains(group, stack.id("network/vpc"), "another owner"));

            stack.person.ec2().deleteSecurityGroup(it -> it.groupId(group));
            Outcome gone = stack.passUntil("it is gone", Outcome::gone);

            assertThat(gone.inventory()).as("what is left is told").extracting(it -> it.key().name())
                    .containsExactly("service/log-group");
            assertThat(stack.sandbox.left()).singleElement()
                    .satisfies(it -> assertThat(it.path("tags").path(Ownership.OWNER_UID).asText()).isEqualTo(ANOTHER));
        }
    }
}
