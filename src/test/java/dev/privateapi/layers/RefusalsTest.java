package dev.privateapi.layers;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.util.List;
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

    private static ProblemException denied() {
        return new ProblemException(Category.DENIED, "no");
    }
}
