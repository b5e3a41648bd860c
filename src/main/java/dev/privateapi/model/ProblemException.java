package dev.privateapi.model;

/** Carries a {@link Problem} from where it is noticed to where it is told. */
public final class ProblemException extends RuntimeException {

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    public ProblemException(Problem.Category category, String message) {
        this(new Problem(category, message));
    }

    public Problem problem() {
        return problem;
    }
}
