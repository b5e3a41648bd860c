package dev.privateapi.simulation.aws;

/**
 * One call of an operator or a person.
 *
 * @param number counts the operators' calls from 1 on; 0 for a person's
 * @param service IAM's prefix, such as {@code ec2}, or {@code kubernetes} for a write of the status
 */
public record Call(long number, Caller caller, String service, String operation) {

    public boolean mutating() {
        return !(operation.startsWith("Describe") || operation.startsWith("List") || operation.startsWith("Get")
                || operation.startsWith("Test"));
    }

    /** As in {@code ec2:CreateVpc}. */
    public String name() {
        return service + ":" + operation;
    }
}
