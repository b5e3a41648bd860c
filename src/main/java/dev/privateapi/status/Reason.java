package dev.privateapi.status;

/**
 * The reasons of conditions, beside those of {@link dev.privateapi.model.Problem.Category}: together they are the whole
 * list, which users and alerts may rely on.
 */
public enum Reason {
    /** Everything is as the spec says, and AWS has it ready. */
    READY("Ready"),
    /** The spec asks for nothing of this layer. */
    NOT_REQUIRED("NotRequired"),
    /** The stack is on its way to the spec. */
    CONVERGING("Converging"),
    /** AWS is working on an object; the message says how long it usually takes. */
    WAITING_FOR_AWS("WaitingForAws"),
    /** Objects of another layer have to be ready first. */
    WAITING_FOR_OTHERS("WaitingForOthers"),
    /** {@code spec.suspend} is true; the message says what differs. */
    SUSPENDED("Suspended"),
    /** The resource is being deleted, and its AWS objects with it. */
    DELETING("Deleting"),
    /** Nothing of this layer is left. */
    DELETED("Deleted"),
    /** The spec contradicts itself; nothing on AWS is changed until it is corrected. */
    INVALID_SPEC("InvalidSpec"),
    /** The API answered a request that went through VPC link, load balancer and task. */
    ANSWERED("Answered"),
    /** Everything is there, but the API does not answer; the message says where it ends. */
    NOT_ANSWERING("NotAnswering"),
    /** No route can be called without possibly changing something, so the API is not asked. */
    NO_SAFE_ROUTE("NoSafeRoute"),
    /** Nobody has to act. */
    NOT_STALLED("NotStalled");

    private final String word;

    Reason(String word) {
        this.word = word;
    }

    /** As it stands in the condition. */
    public String word() {
        return word;
    }
}
