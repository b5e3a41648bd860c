package dev.privateapi.push;

import java.util.Optional;
import java.util.Set;

/** What a message tells, for the tests of those who are told. */
public final class Heard {

    private Heard() {}

    /** Empty if it tells of no write. */
    public static Optional<Set<String>> names(String message) {
        return Write.of(message).map(Write::names);
    }

    /**
     * A record as EventBridge delivers it.
     *
     * @param caller the ARN of an IAM user, or of a role's session
     * @param source the service's name, as in {@code ec2}
     * @param record members of the record beside the usual ones, such as {@code "requestParameters": {…}}
     */
    public static String event(String caller, String source, String name, String record) {
        return """
                {"version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "AWS API Call via CloudTrail",
                 "source": "aws.%2$s", "account": "123456789012", "time": "2025-11-24T12:00:00Z", "region": "ap-northeast-1",
                 "resources": [],
                 "detail": {"eventVersion": "1.11",
                  "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "%1$s", "accountId": "123456789012"},
                  "eventTime": "2025-11-24T12:00:00Z", "eventSource": "%2$s.amazonaws.com", "eventName": "%3$s",
                  "awsRegion": "ap-northeast-1", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2.0",
                  "requestID": "59dbff89-35bd-4eac-99ed-be587EXAMPLE", "eventID": "88888888-4444-4444-4444-121212121212",
                  "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "123456789012",
                  "eventCategory": "Management", %4$s}}""".formatted(caller, source, name, record);
    }
}
