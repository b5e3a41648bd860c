package dev.privateapi.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

class AwsErrorsTest {

    @ParameterizedTest(name = "{0} is {3}: {4}")
    @CsvSource(delimiter = '|', textBlock = """
            InvalidVpcID.NotFound      | 400 | The vpc ID 'vpc-1' does not exist                        | NOT_FOUND | the code decides, not the status 400
            ClusterNotFoundException   | 400 | Cluster not found.                                       | NOT_FOUND | ECS says 400 too
            NoSuchEntity               | 404 | The role cannot be found.                                | NOT_FOUND | IAM has its own word
            DependencyViolation        | 400 | The subnet has dependencies                              | IN_USE    | EC2's word for a user that still lives
            InvalidStateTransition     | 400 | attempted to transition from provisioning to deleted     | IN_USE    | a peering connection that AWS still works on
            TargetGroupAssociationLimit| 400 | cannot be associated with more than one load balancer    | IN_USE    | the old load balancer of the group is going
            ResourceInUse              | 400 | associated with another service                          | IN_USE    | an NLB whose VPC link is going
            BadRequestException        | 400 | Cannot delete vpc link. Vpc link 'a', is referenced in [ANY:b:live] | IN_USE | API Gateway tells users by words only
            BadRequestException        | 400 | Invalid integration URI                                  | INVALID   | and everything else by the same code
            InvalidParameterException  | 400 | Unable to Start a service that is still Draining.        | IN_USE    | an ECS name is free after DRAINING
            InvalidParameterException  | 400 | Invalid setting for container                            | INVALID   | ECS refuses values by the same code
            ClientException            | 400 | Role is not valid                                        | NOT_FOUND | a role that ECS has not heard of yet is worth another try
            ClientException            | 400 | User: a is not authorized to perform: iam:PassRole       | DENIED    | ECS says by the same code what the operator may not
            InvalidParameterException  | 400 | Unable to assume the service linked role.                | NOT_FOUND | seconds old, or made by the next call
            ClientException            | 400 | Unable to describe task definition.                      | NOT_FOUND | a revision that is gone is absent, not invalid
            ClientException            | 400 | TaskDefinition is inactive                               | NOT_FOUND | deregistered since it was looked at
            InvalidParameterException  | 400 | The target group with targetGroupArn x does not have an associated load balancer. | NOT_FOUND | a new listener is not known everywhere at once
            ServiceNotActiveException  | 400 | Service was not ACTIVE.                                  | NOT_FOUND | deleted since it was looked at
            InvalidInput               | 400 | Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix. | EXISTS | it is there already
            LimitExceededException     | 429 | Maximum number of VPC links per account has been met     | QUOTA     | not a rate, although the status says so
            LimitExceededException     | 429 | The request exceeded the rate limit                      | THROTTLED | a rate by the same code
            RequestLimitExceeded       | 503 | Request limit exceeded.                                  | THROTTLED | a rate with a quota's name and a 5xx status
            VpcLimitExceeded           | 400 | The maximum number of VPCs has been reached.             | QUOTA     | EC2's form for quotas
            TooManyLoadBalancers       | 400 | Limit reached                                            | QUOTA     | ELB's form for quotas
            TooManyRequestsException   | 429 | Too Many Requests                                        | THROTTLED | a rate with ELB's form for quotas
            PriorRequestNotComplete    | 400 | The request was rejected because Route 53 was still processing a prior request. | THROTTLED | one change in flight per zone
            InvalidSubnet.Conflict     | 400 | The CIDR '10.1.1.0/24' conflicts with another subnet     | EXISTS    | the range is taken
            Resource.AlreadyAssociated | 400 | the specified association for route table rtb-1 conflicts with an existing association | EXISTS | a subnet that has another table
            EntityAlreadyExists        | 409 | Role with name x already exists.                         | EXISTS    | the name is taken
            InvalidGroup.Duplicate     | 400 | The security group 'x' already exists                    | EXISTS    | EC2's form for a taken name
            AccessDeniedException      | 400 | no                                                       | DENIED    | never read as absent
            UnauthorizedOperation      | 403 | You are not authorized                                   | DENIED    | EC2's word for it
            NotAuthorizedException     | 401 | The VPC is not authorized to be associated               | NOT_FOUND | Route 53: an authorisation that there is not yet
            NotAuthorizedException     | 401 | User: a is not authorized to perform: route53:AssociateVPCWithHostedZone | DENIED | and what IAM does not allow by the same code
            IdempotentParameterMismatch| 400 | token used with other parameters                         | TRANSIENT | an earlier create did happen: look
            SomethingNew               | 500 | oops                                                     | TRANSIENT | unknown codes go by status: AWS' fault
            SomethingNew               | 404 | gone                                                     | NOT_FOUND | unknown codes go by status: absent
            SomethingNew               | 400 | bad                                                      | INVALID   | unknown codes go by status: our fault
            """)
    void readsWhatAwsMeans(String code, int status, String message, Category category, String because) {
        assertThat(AwsErrors.problem(refusal(code, message, status)).category()).as(because).isEqualTo(category);
    }

    @Test
    void namesTheMissingActionInAwsOwnWords() {
        Problem problem = AwsErrors.problem(refusal("AccessDenied",
                "User: arn:aws:sts::1:assumed-role/op is not authorized to perform: iam:CreateRole on resource: role x", 403));
        assertThat(problem.message()).contains("Allow iam:CreateRole for the operator's identity");
    }

    @Test
    void namesTheMissingActionByTheCallWhenAwsDoesNot() {
        AwsServiceException refusal = refusal("UnauthorizedOperation",
                "You are not authorized to perform this operation. Encoded authorization failure message: 9fA-x_7", 403);
        refusal.addSuppressed(new Call("CreateVpc", "ec2:CreateVpc", ""));
        assertThat(AwsErrors.problem(refusal).message())
                .as("the encoded message is different in each answer and would change the condition for ever")
                .isEqualTo("AWS refused CreateVpc: You are not authorized to perform this operation."
                        + " Allow ec2:CreateVpc for the operator's identity; the stack then goes on by itself.");
    }

    /** Who has to act there is seldom who looks at the stack. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Throttling            | Rate exceeded   | AWS refused CreateRoute in account 222222222222: Rate exceeded. It is tried again.
            UnauthorizedOperation | Not authorized. | AWS refused CreateRoute in account 222222222222: Not authorized. Allow \
            ec2:CreateRoute for the operator's identity in account 222222222222; the stack then goes on by itself.
            """)
    void namesTheAccountIfItIsNotTheOperatorsOwn(String code, String words, String message) {
        AwsServiceException refusal = refusal(code, words, 400);
        refusal.addSuppressed(new Call("CreateRoute", "ec2:CreateRoute", "222222222222"));
        assertThat(AwsErrors.problem(refusal).message()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ExpiredToken | The security token included in the request is expired.
            SignatureDoesNotMatch | Signature expired: 20261130T194500Z is now earlier than 20261130T195500Z.
            AuthFailure | AWS was not able to validate the provided access credentials.
            """)
    void asksForCredentialsAndNotForARightOfSomebodyWhomAwsDoesNotKnow(String code, String words) {
        AwsServiceException refusal = refusal(code, words, 403);
        refusal.addSuppressed(new Call("AssumeRole", "sts:AssumeRole", ""));
        assertThat(AwsErrors.problem(refusal)).isEqualTo(new Problem(Category.DENIED, "AWS refused AssumeRole: " + words
                + " Give the operator valid credentials, and its node the right time; the stack then goes on by itself."));
    }

    @Test
    void namesTheAccountThatDoesNotAnswer() {
        ApiCallTimeoutException late = ApiCallTimeoutException.create(30_000);
        late.addSuppressed(new Call("CreateRoute", "ec2:CreateRoute", "222222222222"));
        assertThat(AwsErrors.problem(late).message())
                .isEqualTo("AWS did not answer in time (CreateRoute in account 222222222222). It is tried again.");
    }

    @Test
    void namesTheQuota() {
        assertThat(AwsErrors.problem(refusal("VpcLimitExceeded", "The maximum number of VPCs has been reached", 400)).message())
                .contains("\"VPCs per Region (default 5)\"");
    }

    @Test
    void carriesNoRequestId() {
        AwsServiceException refusal = refusal("SomethingNew", "Failed (Request ID: 1b2c-3d4e)", 400);
        assertThat(AwsErrors.problem(refusal).message())
                .as("a message with a request id would be a new condition in every pass")
                .doesNotContain("1b2c").doesNotContain("Request ID");
    }

    @Test
    void doesNotKnowTheOutcomeOfACallWithoutAnAnswer() {
        assertThat(AwsErrors.problem(ApiCallTimeoutException.create(30_000)).category()).isEqualTo(Category.TRANSIENT);
        assertThat(AwsErrors.problem(SdkClientException.create("Unable to execute HTTP request: Connection refused",
                new ConnectException("Connection refused")))).isEqualTo(new Problem(Category.TRANSIENT,
                        "AWS could not be reached: ConnectException. It is tried again."));
    }

    @Test
    void findsTheMeaningBehindWrappers() {
        Throwable wrapped = new CompletionException(new RuntimeException(refusal("Throttling", "Rate exceeded", 400)));
        assertThat(AwsErrors.is(wrapped, Category.THROTTLED)).as("JOSDK and futures wrap what they pass on").isTrue();
    }

    @Test
    void passesOnWhatADriverFoundOut() {
        Problem known = new Problem(Category.NOT_CHANGEABLE, "vpc-1 has another CIDR.");
        assertThat(AwsErrors.problem(new ProblemException(known))).isEqualTo(known);
    }

    @Test
    void callsAnythingElseADefect() {
        assertThat(AwsErrors.problem(new IllegalStateException("no such need")).category()).isEqualTo(Category.INTERNAL);
    }

    @Test
    void survivesARefusalWithoutDetails() {
        assertThat(AwsErrors.problem(AwsServiceException.builder().statusCode(503).build()).category())
                .as("a load balancer's answer has no error code").isEqualTo(Category.TRANSIENT);
    }

    private static AwsServiceException refusal(String code, String message, int status) {
        return Ec2Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
                .build();
    }
}
