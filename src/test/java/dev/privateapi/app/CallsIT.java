package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a stack costs in calls, which all stacks of an account share: {@code make bench} prints them, these bounds hold them. */
class CallsIT {

    @Test
    void seedIsCreatedLookedAtAndDeletedInFewCalls() {
        try (SandboxStack stack = SandboxStack.empty("--lag", "0")) {
            stack.want(SandboxStack.seed());
            stack.converge();
            assertThat(stack.calls()).as("from nothing to converged, at AWS' own durations").hasSizeLessThanOrEqualTo(140);
            stack.sandbox.resetJournal();

            assertThat(stack.lookAgain().taken()).isEmpty();
            assertThat(stack.calls()).as("the first look at all that was made").hasSizeLessThanOrEqualTo(40);
            stack.sandbox.resetJournal();

            assertThat(stack.lookAgain().taken()).isEmpty();
            assertThat(stack.calls()).as("one look at everything").hasSizeLessThanOrEqualTo(32);
            assertThat(stack.changes()).as("a converged stack is left alone").isEmpty();
            stack.sandbox.resetJournal();

            stack.wantNothing();
            stack.passUntil("it is gone", outcome -> outcome.gone());
            assertThat(stack.calls()).as("from converged to gone").hasSizeLessThanOrEqualTo(260);
        }
    }
}
