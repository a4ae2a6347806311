// A council's finance system in Java, written with the generated client alone: it posts journals and reads them back.
// Run by `make clients`: java FinanceSystem URL DEMO-CLIENTS.JSON

import com.fasterxml.jackson.databind.JsonNode;
import commissioning.ApiClient;
import commissioning.ApiException;
import commissioning.ApiResponse;
import commissioning.api.AccountsApi;
import commissioning.api.JournalsApi;
import commissioning.api.PartnershipsApi;
import commissioning.api.PositionsApi;
import commissioning.api.TokensApi;
import commissioning.model.AccountKind;
import commissioning.model.AccountOut;
import commissioning.model.EntryIn;
import commissioning.model.JournalIn;
import commissioning.model.JournalKind;
import commissioning.model.JournalOut;
import commissioning.model.PartnershipOut;
import commissioning.model.Problem;
import commissioning.model.ReversalIn;
import java.io.File;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

public final class FinanceSystem {
  /** More than 32 bits hold, which a client without 64-bit amounts would lose. */
  private static final long PENCE = 9_876_543_210L;

  private final ApiClient client;

  private FinanceSystem(ApiClient client) {
    this.client = client;
  }

  public static void main(String[] words) throws Exception {
    ApiClient open = client(words[0]);
    refuseStranger(open);
    FinanceSystem council = new FinanceSystem(signIn(words[0], words[1], "plymouth-city-council"));
    UUID partnership = council.partnership();
    JournalOut posted = council.postOnce(partnership);
    council.refuseUnbalanced(partnership);
    council.reverse(posted);
    council.readPosition(partnership);
    FinanceSystem stranger = new FinanceSystem(signIn(words[0], words[1], "torbay-council"));
    stranger.seeNothing(posted.getId());
  }

  private static ApiClient client(String url) {
    ApiClient made = new ApiClient();
    made.updateBaseUri(url);
    return made;
  }

  private static ApiClient signIn(String url, String file, String name) throws Exception {
    ApiClient made = client(url);
    JsonNode credentials = made.getObjectMapper().readTree(new File(file)).get(name);
    String token =
        new TokensApi(made)
            .issueToken(
                "client_credentials",
                null,
                null,
                credentials.get("client_id").asText(),
                credentials.get("client_secret").asText(),
                null)
            .getAccessToken();
    made.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    return made;
  }

  private static void refuseStranger(ApiClient open) throws Exception {
    Problem problem = problem(401, () -> new JournalsApi(open).getJournal(UUID.randomUUID()));
    check(problem.getCode().equals("token_missing"), "without a token there is a typed problem");
  }

  private UUID partnership() throws ApiException {
    List<PartnershipOut> found = new PartnershipsApi(client).listPartnerships(null, null, null, null).getItems();
    check(found.size() == 1 && found.get(0).getArea().equals("Plymouth"), "the council's partnership is listed");
    return found.get(0).getId();
  }

  private UUID account(UUID partnership, AccountKind kind) throws ApiException {
    List<AccountOut> found =
        new AccountsApi(client).listAccounts(partnership, null, null, null, null, null, null).getItems();
    return found.stream().filter(each -> each.getKind() == kind).findFirst().orElseThrow().getId();
  }

  private JournalIn journal(UUID partnership, long out) throws ApiException {
    return new JournalIn()
        .kind(JournalKind.CONTRIBUTION)
        .effectiveDate(LocalDate.of(2015, 11, 1))
        .narrative("A contribution from the finance system (invented)")
        .addEntriesItem(new EntryIn().accountId(account(partnership, AccountKind.FUND)).amountPence(PENCE))
        .addEntriesItem(
            new EntryIn().accountId(account(partnership, AccountKind.CONTRIBUTION)).amountPence(-PENCE + out));
  }

  private JournalOut postOnce(UUID partnership) throws ApiException {
    JournalsApi journals = new JournalsApi(client);
    UUID id = UUID.randomUUID();
    JournalIn body = journal(partnership, 0);
    ApiResponse<JournalOut> first = journals.postJournalWithHttpInfo(id, body);
    ApiResponse<JournalOut> again = journals.postJournalWithHttpInfo(id, body);
    check(first.getStatusCode() == 201 && again.getStatusCode() == 201, "a journal is posted, and may be sent again");
    check(
        again.getHeaders().containsKey("idempotency-replayed") && first.getData().equals(again.getData()),
        "the repeat is the first answer");
    JournalOut read = journals.getJournal(id);
    check(
        read.getEntries().stream().anyMatch(each -> Objects.equals(each.getAmountPence(), PENCE)),
        "amounts beyond 32 bits come back to the penny");
    return read;
  }

  private void refuseUnbalanced(UUID partnership) throws Exception {
    JournalIn body = journal(partnership, 1);
    Problem problem = problem(422, () -> new JournalsApi(client).postJournal(UUID.randomUUID(), body));
    check(
        problem.getCode().equals("journal_unbalanced")
            && ((Number) problem.getAdditionalProperty("out_by_pence")).longValue() == 1,
        "an unbalanced journal is refused with how far it is out");
  }

  private void reverse(JournalOut posted) throws Exception {
    JournalsApi journals = new JournalsApi(client);
    ReversalIn why = new ReversalIn().id(UUID.randomUUID()).narrative("Invented, so taken back");
    why.effectiveDate(posted.getEffectiveDate());
    JournalOut reversal = journals.reverseJournal(posted.getId(), "java-" + UUID.randomUUID(), why);
    check(Objects.equals(reversal.getReversesJournalId(), posted.getId()), "a mistake is reversed by a new journal");
    why.id(UUID.randomUUID());
    Problem problem =
        problem(409, () -> journals.reverseJournal(posted.getId(), "java-" + UUID.randomUUID(), why));
    check(problem.getDetail().length() > 20, "and only once");
  }

  private void readPosition(UUID partnership) throws ApiException {
    var position = new PositionsApi(client).getPosition("2014-15", partnership, null, null, null, null);
    check(!position.getComplete(), "a total over unknown money says that it is incomplete");
  }

  private void seeNothing(UUID journal) throws Exception {
    Problem problem = problem(403, () -> new JournalsApi(client).getJournal(journal));
    check(problem.getCode().equals("role_missing"), "a council outside the partnership learns nothing of a journal");
  }

  private interface Call {
    Object make() throws ApiException;
  }

  private static Problem problem(int status, Call call) throws Exception {
    try {
      call.make();
    } catch (ApiException refused) {
      if (refused.getCode() == status) {
        return ApiClient.createDefaultObjectMapper().readValue(refused.getResponseBody(), Problem.class);
      }
      throw refused;
    }
    throw new AssertionError("the call was not refused with " + status);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
    System.out.println("ok   " + what);
  }
}
