package dev.privateapi.status;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.model.Step;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is different between two statuses, as far as it is news. A status that stays, however bad, is none. */
public final class Transitions {

    private Transitions() {}

    /** @param taken what was done between the two */
    public static List<Notice> between(PrivateApiStackStatus before, PrivateApiStackStatus after, List<Step> taken) {
        List<Notice> notices = new ArrayList<>();
        Optional<Condition> was = condition(before, StackStatus.READY);
        Optional<Condition> is = condition(after, StackStatus.READY);
        taken.stream().filter(step -> step.verb() == Step.Verb.ADOPT).forEach(step ->
                notices.add(new Notice(false, "Adopted", step.summary())));
        boolean driftOnly = before != null && Objects.equals(before.observedGeneration(), after.observedGeneration())
                && was.filter(Transitions::isTrue).isPresent();
        if (driftOnly) {
            // A stack that was ready and whose spec is the same: somebody else changed something.
            taken.stream().filter(step -> step.verb() != Step.Verb.ADOPT).forEach(step -> notices.add(new Notice(false, "DriftCorrected", step.summary())));
        }
        is.filter(condition -> was.isEmpty() || !sameStatusAndReason(was.get(), condition))
                .ifPresent(condition -> notices.add(
                        new Notice(isProblem(after, condition), condition.getReason(), condition.getMessage())));
        return notices;
    }

    private static boolean sameStatusAndReason(Condition one, Condition other) {
        return one.getStatus().equals(other.getStatus()) && one.getReason().equals(other.getReason());
    }

    /** Not ready, and not for want of time. */
    private static boolean isProblem(PrivateApiStackStatus status, Condition ready) {
        boolean stalled = condition(status, StackStatus.STALLED).filter(Transitions::isTrue).isPresent();
        return stalled || !isTrue(ready) && !ready.getReason().equals(Reason.CONVERGING.word())
                && !ready.getReason().equals(Reason.DELETING.word()) && !ready.getReason().equals(Reason.SUSPENDED.word());
    }

    private static boolean isTrue(Condition condition) {
        return condition.getStatus().equals(Conditions.TRUE);
    }

    private static Optional<Condition> condition(PrivateApiStackStatus status, String type) {
        return status == null || status.conditions() == null ? Optional.empty() : Conditions.find(status.conditions(), type);
    }
}
