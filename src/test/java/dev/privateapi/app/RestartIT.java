package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Outcome;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * A process that dies after every pass gets as far as one that lives: only AWS and the inventory are remembered. It lives on
 * only while it waits to see what an earlier one did, for as long as AWS may need to show it.
 */
class RestartIT {

    @Test
    void processThatDiesAfterEveryPassMakesTheSameStackAndTakesItDown() {
        try (SandboxStack undisturbed = SandboxStack.seeded();
                SandboxStack dying = SandboxStack.empty()) {
            dying.want(SandboxStack.seed());
            passAndDieUntil(dying, Outcome::converged);

            assertThat(dying.objects()).as("the same objects, none twice").isEqualTo(undisturbed.objects());
            assertThat(dying.lookAgain().taken()).as("and nothing is left to do").isEmpty();

            dying.wantNothing();
            passAndDieUntil(dying, Outcome::gone);

            assertThat(dying.sandbox.left()).isEmpty();
            assertThat(dying.sandbox.changed()).as("what was not the stack's").isEqualTo(List.of());
        }
    }

    private static void passAndDieUntil(SandboxStack stack, Predicate<Outcome> holds) {
        stack.passUntil("it gets there, dying all the time", outcome -> {
            if (outcome.view().unconfirmed().isEmpty()) {
                stack.restart();
            }
            return holds.test(outcome);
        });
    }
}
