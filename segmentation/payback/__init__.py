"""Does the programme pay: its costs against what its mailings brought, month by month."""
