package dev.privateapi.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A call that may have changed something, as CloudTrail recorded it (CloudTrail User Guide, "CloudTrail record contents") and
 * EventBridge passed it on (EventBridge User Guide, "AWS service events delivered via AWS CloudTrail").
 *
 * @param caller whose call it was, as in {@link Callers#principal}; empty if an AWS service made it for itself
 * @param names every id, ARN and name in its parameters and its answer: which of them is what differs from call to call, and
 *     an id of ours is one wherever it stands
 * @param nameless whether the call names nothing by which its object could be known, so that it may be anybody's
 */
record Write(String caller, Set<String> names, boolean nameless) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALL = "AWS API Call via CloudTrail";
    /**
     * Nothing that a stack compares: ECS and the Resolver make network interfaces and register targets with each task that
     * comes or goes, and each task opens a log stream. By the call and not by who makes it: Auto Scaling, CloudFormation and
     * Firewall Manager are AWS services too, and what they change is drift.
     */
    static final Set<String> UNSEEN = Set.of(
            "CreateNetworkInterface", "DeleteNetworkInterface", "AttachNetworkInterface", "DetachNetworkInterface",
            "CreateNetworkInterfacePermission", "DeleteNetworkInterfacePermission",
            "RegisterTargets", "DeregisterTargets", "CreateLogStream");
    /** They name an association, and not the subnet whose route table it was (EC2 API reference). */
    private static final Set<String> NAMELESS = Set.of("DisassociateRouteTable", "ReplaceRouteTableAssociation");
    private static final String LOG_GROUP = "log-group:";

    /** Empty for a message that is no such call, and for one that failed, only read, or changed nothing a stack looks at. */
    static Optional<Write> of(String message) {
        JsonNode event = parsed(message);
        JsonNode record = event.path("detail");
        boolean wrote = event.path("detail-type").asText().equals(CALL)
                && !record.path("readOnly").asBoolean() && record.path("errorCode").asText().isEmpty()
                && !UNSEEN.contains(record.path("eventName").asText());
        return wrote ? Optional.of(write(record)) : Optional.empty();
    }

    private static Write write(JsonNode record) {
        Set<String> names = new HashSet<>();
        collect(record.path("requestParameters"), names);
        collect(record.path("responseElements"), names);
        names.remove("");
        String caller = Callers.principal(record.path("userIdentity").path("arn").asText());
        return new Write(caller, names, NAMELESS.contains(record.path("eventName").asText()));
    }

    private static JsonNode parsed(String message) {
        try {
            return JSON.readTree(message);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode(); // anybody whom the queue's policy lets may have sent it
        }
    }

    private static void collect(JsonNode node, Set<String> names) {
        if (node.isTextual()) {
            forms(node.asText(), names);
        }
        node.forEach(child -> collect(child, names));
    }

    /** A call may take a name or an ARN, and Route 53 writes {@code /hostedzone/Z…} as well as {@code Z…}. */
    private static void forms(String text, Set<String> names) {
        names.add(text);
        if (text.startsWith("/hostedzone/")) {
            names.add(text.substring(text.lastIndexOf('/') + 1));
        }
        String[] arn = text.split(":", 6);
        if (arn.length == 6 && arn[0].equals("arn")) {
            names.addAll(Arrays.asList(arn[5].split("/")));
            if (arn[5].startsWith(LOG_GROUP)) {
                names.add(arn[5].substring(LOG_GROUP.length()).replaceAll(":\\*$", ""));
            }
        }
    }
}
