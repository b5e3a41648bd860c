package dev.privateapi.model;

/**
 * Why something could not be done, as a value.
 *
 * @param message one sentence or two: the object, the cause, the next step; neither times nor request ids, because the
 *     message stands in a condition and must not change while the cause does not
 */
public record Problem(Category category, String message) {

    /** What kind of trouble it is, and therefore who has to act and when it is worth another try. */
    public enum Category {
        /** The object is not there (any more): look again. */
        NOT_FOUND("NotFound", false),
        /** The name or the range is taken by something that is not ours. */
        EXISTS("NameConflict", true),
        /** It carries another owner's tag: it is not touched, and no other is made in its place. */
        FOREIGN("OwnedByAnother", true),
        /** Whether it is to be the stack's only a person can say, and how the message tells. */
        ADOPTION("AdoptionRequired", true),
        /** Several objects carry the tags of one. */
        AMBIGUOUS("AmbiguousOwnership", true),
        /** Something else still uses it; the message names it. */
        IN_USE("InUse", false),
        /** Somebody else's object uses it, and only a person can remove that; the message names it. */
        HELD("InUse", true),
        /** AWS asks to slow down: an expected wait. */
        THROTTLED("Throttled", false),
        /** Time-outs, broken connections, 5xx: the outcome of a write is unknown. */
        TRANSIENT("AwsUnavailable", false),
        /** The operator's identity may not do it; the message names the action. */
        DENIED("AccessDenied", true),
        /** An AWS quota is used up; the message names it. */
        QUOTA("QuotaExceeded", true),
        /** AWS refuses the value; it will refuse it until the spec changes. */
        INVALID("Rejected", true),
        /** The object failed on AWS' side; it is replaced. */
        FAILED("AwsFailed", false),
        /** The container does not start or does not become healthy. */
        UNHEALTHY("TasksFailing", true),
        /** Putting it right would destroy something, so it is left to a person. */
        NOT_CHANGEABLE("NotChangeable", true),
        /** A defect of the operator. */
        INTERNAL("InternalError", false);

        private final String reason;
        private final boolean needsPerson;

        Category(String reason, boolean needsPerson) {
            this.reason = reason;
            this.needsPerson = needsPerson;
        }

        /** The condition's reason. */
        public String reason() {
            return reason;
        }

        /** Whether AWS answers nobody at the moment, or not so soon: another try is all there is to do. */
        public boolean away() {
            return this == THROTTLED || this == TRANSIENT;
        }

        /** Whether waiting alone cannot help, so that the stack counts as stalled. */
        public boolean needsPerson() {
            return needsPerson;
        }
    }
}
