package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.graph.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No property can be added to what a stack wants without saying what becomes of its drift. */
class DriftCasesTest {

    private final List<Node> wanted = SandboxStack.desired(DriftCases.spec());

    @Test
    void everyPropertyOfEveryResourceHasACase() {
        List<String> cases = names();
        assertThat(wanted.stream().flatMap(node -> DriftCases.properties(node).map(it -> node.key().name() + " " + it)))
                .as("add what is missing to the table of its layer, such as NetworkDrift").isSubsetOf(cases);
    }

    @Test
    void noPropertyHasTwoCases() {
        assertThat(names()).doesNotHaveDuplicates();
    }

    @Test
    void everyCaseIsOfAResourceThatThereIs() {
        assertThat(DriftCases.all(wanted).stream().map(DriftCase::node))
                .isSubsetOf(wanted.stream().map(node -> node.key().name()).toList());
    }

    private List<String> names() {
        return DriftCases.all(wanted).stream().map(it -> it.node() + " " + it.property()).toList();
    }
}
