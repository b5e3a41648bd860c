package dev.privateapi.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private static final ProblemException IN_USE = new ProblemException(Category.IN_USE, "it has dependencies");

    @Test
    void whatIsHeldSaysByWhatAndWhatToDo() {
        assertThatThrownBy(() -> Refusals.unlessHeld("vpc-1", () -> { throw IN_USE; }, () -> List.of("the subnet subnet-9")))
                .matches(e -> ((ProblemException) e).problem().category() == Category.HELD, "only a person can end that")
                .hasMessage("vpc-1 is still used by the subnet subnet-9, which is not part of this stack: remove it, then the"
                        + " deletion goes on by itself.");
    }

    @Test
    void refusalWhoseHolderCannotBeSeenIsToldInAwsWords() {
        assertThatThrownBy(() -> Refusals.unlessHeld("vpc-1", () -> { throw IN_USE; }, List::of)).isSameAs(IN_USE);
        assertThatThrownBy(() -> Refusals.unlessHeld("vpc-1", () -> { throw IN_USE; }, () -> { throw denied(); })).isSameAs(IN_USE);
    }

    @Test
    void holdersAreLookedForOnlyAfterSuchARefusal() {
        assertThatCode(() -> Refusals.unlessHeld("vpc-1", () -> {}, () -> { throw denied(); })).doesNotThrowAnyException();
        ProblemException denied = denied();
        assertThatThrownBy(() -> Refusals.unlessHeld("vpc-1", () -> { throw denied; }, () -> List.of("x"))).isSameAs(denied);
    }

    /** Of two accounts the one that lets nobody in must not keep the other from being told. */
    @Test
    void callsAfterOneThatFailsAreMadeAndItsFailureIsTold() {
        List<String> made = new ArrayList<>();
        ProblemException denied = denied();

        assertThatThrownBy(() -> Refusals.ofEach(Stream.of(
                () -> made.add("one"), () -> { throw denied; }, () -> made.add("two"), () -> { throw IN_USE; })))
                .isSameAs(denied).hasSuppressedException(IN_USE);

        assertThat(made).containsExactly("one", "two");
        assertThatCode(() -> Refusals.ofEach(Stream.of(() -> made.add("three")))).doesNotThrowAnyException();
    }

    @Test
    void failureThatAPersonHasToEndIsToldBeforeOneThatEndsByItself() {
        ProblemException throttled = new ProblemException(Category.THROTTLED, "later");
        ProblemException denied = denied();
        assertThatThrownBy(() -> Refusals.ofEach(Stream.of(() -> { throw throttled; }, () -> { throw denied; })))
                .isSameAs(denied).hasSuppressedException(throttled);
    }

    /** An exception takes itself for a suppressed one with a failure of its own, which would hide what AWS said. */
    @Test
    void sameFailureTwiceIsTold() {
        ProblemException denied = denied();
        assertThatThrownBy(() -> Refusals.ofEach(Stream.of(() -> { throw denied; }, () -> { throw denied; }))).isSameAs(denied);
    }

    private static ProblemException denied() {
        return new ProblemException(Category.DENIED, "no");
    }
}
