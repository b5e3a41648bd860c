package dev.privateapi.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.services.apigateway.model.GetIntegrationResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsResponse;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Vpc;

class InterningTest {

    private final Interning interning = new Interning();

    /** Each parsed answer has strings of its own, and a fleet's listings are mostly the same few words. */
    @Test
    void answersShareTheStringsInWhichTheySayTheSame() {
        DescribeVpcsResponse first = shared(vpcs());
        DescribeVpcsResponse second = shared(vpcs());

        assertThat(second).isEqualTo(first).isEqualTo(vpcs());
        assertThat(second.vpcs().getFirst().vpcId()).isSameAs(first.vpcs().getFirst().vpcId());
        assertThat(second.vpcs().getLast().tags().getFirst().key()).isSameAs(first.vpcs().getFirst().tags().getFirst().key());
    }

    @Test
    void whatAnAnswerDoesNotSayStaysUnsaid() {
        DescribeVpcsResponse nothing = DescribeVpcsResponse.builder().build();
        assertThat(shared(nothing).hasVpcs()).isFalse();
        assertThat(shared(DescribeVpcsResponse.builder().vpcs(Vpc.builder().build()).build()).vpcs().getFirst().hasTags()).isFalse();
    }

    /** API Gateway's templates may be null for a content type, and that is not the same as none. */
    @Test
    void keysWithoutAValueStay() {
        GetIntegrationResponse answer = GetIntegrationResponse.builder()
                .requestTemplates(Collections.singletonMap("application/json", null)).build();

        assertThat(shared(answer)).isEqualTo(answer);
    }

    private static DescribeVpcsResponse vpcs() {
        return DescribeVpcsResponse.builder().vpcs(vpc("vpc-1"), vpc("vpc-2")).build();
    }

    private static Vpc vpc(String id) {
        return Vpc.builder().vpcId(new String(id)).state("available")
                .tags(Tag.builder().key(new String("privateapi.dev/owner-uid")).value(new String("an owner's")).build()).build();
    }

    @SuppressWarnings("unchecked")
    private <R extends SdkResponse> R shared(R answer) {
        Context.ModifyResponse context = InterceptorContext.builder()
                .request(DescribeVpcsRequest.builder().build()).response(answer).build();
        return (R) interning.modifyResponse(context, new ExecutionAttributes());
    }
}
