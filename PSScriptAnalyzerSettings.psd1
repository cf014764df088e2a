@{
    Severity     = @('Error', 'Warning')
    ExcludeRules = @(
        'PSAvoidUsingWriteHost'                          # demonstrations talk to a person
        'PSUseDeclaredVarsMoreThanAssignments'           # Pester's BeforeAll sets what It reads
        'PSUseShouldProcessForStateChangingFunctions'    # helpers of tests and examples, never exported
        'PSReviewUnusedParameter'                        # parameters that a nested script block uses
        'PSAvoidUsingConvertToSecureStringWithPlainText'  # the secrets of tests are no secrets
        'PSUseBOMForUnicodeEncodedFile'
    )
}
