"""What the back office calls about what goods are sold by: VAT, departments, promotions, customers."""

from typing import Annotated

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from till_app.hub.api.access import hub_of
from till_app.hub.api.described import failing
from till_app.hub.api.edits import EDITOR, AnyRequest, Stored, edited, require_found
from till_app.hub.catalogue import customers, departments, promotions, vat_rates
from till_app.hub.catalogue.customers import MAX_LISTED, CustomerEdit, CustomerView
from till_app.hub.catalogue.departments import DepartmentEdit, DepartmentView
from till_app.hub.catalogue.promotions import PromotionEdit, PromotionView
from till_app.hub.catalogue.vat_rates import VatEdit, VatView

_SEEN, _CHANGED = failing(400, 401, 404, 429), failing(400, 401, 403, 404, 413, 429)


@get("/vat-rates", sync_to_thread=True, responses=failing(401, 429))
def list_vat_rates(request: AnyRequest) -> list[VatView]:
    """All of them."""
    with hub_of(request).database.reading() as connection:
        return vat_rates.vat_views(connection)


@get("/vat-rates/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_vat(request: AnyRequest, code: FromPath[str]) -> VatView:
    """A VAT code by its code."""
    with hub_of(request).database.reading() as connection:
        return vat_rates.vat_view(connection, code)


@put("/vat-rates/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_vat(request: AnyRequest, code: FromPath[str], data: JSONBody[VatEdit]) -> Stored:
    """Make or replace a VAT code, whole."""
    with edited(request) as edit:
        return Stored(vat_rates.put_vat_rate(edit, code, data))


@get("/departments", sync_to_thread=True, responses=failing(401, 429))
def list_departments(request: AnyRequest) -> list[DepartmentView]:
    """All of them."""
    with hub_of(request).database.reading() as connection:
        return departments.department_views(connection)


@get("/departments/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_department(request: AnyRequest, code: FromPath[str]) -> DepartmentView:
    """A department by its code."""
    with hub_of(request).database.reading() as connection:
        return departments.department_view(connection, code)


@put("/departments/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_department(request: AnyRequest, code: FromPath[str], data: JSONBody[DepartmentEdit]) -> Stored:
    """Make or replace a department, whole."""
    with edited(request) as edit:
        return Stored(departments.put_department(edit, code, data))


@delete("/departments/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_department(request: AnyRequest, code: FromPath[str]) -> None:
    """It goes from the hub and from all tills."""
    with edited(request) as edit:
        require_found(departments.remove_department(edit, code), "department", code)


@get("/promotions", sync_to_thread=True, responses=failing(401, 429))
def list_promotions(request: AnyRequest) -> list[PromotionView]:
    """All of them."""
    with hub_of(request).database.reading() as connection:
        return promotions.promotion_views(connection)


@get("/promotions/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_promotion(request: AnyRequest, code: FromPath[str]) -> PromotionView:
    """A promotion by its code."""
    with hub_of(request).database.reading() as connection:
        return promotions.promotion_view(connection, code)


@put("/promotions/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_promotion(request: AnyRequest, code: FromPath[str], data: JSONBody[PromotionEdit]) -> Stored:
    """Make or replace a promotion, whole."""
    with edited(request) as edit:
        return Stored(promotions.put_promotion(edit, code, data))


@delete("/promotions/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_promotion(request: AnyRequest, code: FromPath[str]) -> None:
    """It goes from the hub and from all tills."""
    with edited(request) as edit:
        require_found(promotions.remove_promotion(edit, code), "promotion", code)


@get("/customers", sync_to_thread=True, responses=failing(400, 401, 429))
def list_customers(
    request: AnyRequest,
    after: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, description=f"At most {MAX_LISTED}.")] = 100,
) -> list[CustomerView]:
    """Customers in the order of their codes, those after one."""
    with hub_of(request).database.reading() as connection:
        return customers.customer_views(connection, after, limit)


@get("/customers/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_customer(request: AnyRequest, code: FromPath[str]) -> CustomerView:
    """A customer by its code."""
    with hub_of(request).database.reading() as connection:
        return customers.customer_view(connection, code)


@put("/customers/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_customer(request: AnyRequest, code: FromPath[str], data: JSONBody[CustomerEdit]) -> Stored:
    """Make or replace a customer, whole."""
    with edited(request) as edit:
        return Stored(customers.put_customer(edit, code, data))


@delete("/customers/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_customer(request: AnyRequest, code: FromPath[str]) -> None:
    """It goes from the hub and from all tills."""
    with edited(request) as edit:
        require_found(customers.remove_customer(edit, code), "customer", code)


GOODS_HANDLERS = (
    list_vat_rates,
    show_vat,
    put_vat,
    list_departments,
    show_department,
    put_department,
    remove_department,
    list_promotions,
    show_promotion,
    put_promotion,
    remove_promotion,
    list_customers,
    show_customer,
    put_customer,
    remove_customer,
)
