! From a particle's mass and velocity (mass vx vy vz, in units of c) to its energy and momentum (E px py pz).
!
!     gfortran -O2 -shared -fPIC apps/fileio/calculation/examples/mine.f90 -o mine_fortran.so
!     fileio --calculation ./mine_fortran.so --out results.h5 particles.txt
!
! pacer_calculation.h says what the arguments are.
function calculate(fields, n_fields, results, n_results, message, message_size) bind(C) result(status)
    use, intrinsic :: iso_c_binding
    implicit none
    integer(c_int32_t), value :: n_fields, n_results, message_size
    real(c_double), intent(in) :: fields(n_fields)
    real(c_double), intent(inout) :: results(n_results)
    character(kind=c_char), intent(inout) :: message(message_size)
    integer(c_int) :: status
    real(c_double) :: speed2
    character(len=80) :: reason

    speed2 = sum(fields(2:4)**2)
    if (fields(1) <= 0 .or. speed2 >= 1) then
        write (reason, '(a, g0.4, a, g0.4, a)') 'no particle: mass ', fields(1), ', speed ', sqrt(speed2), ' c'
        message(1:len(reason)) = transfer(reason, message)
        status = 1
        return
    end if
    results(1) = fields(1) / sqrt(1 - speed2)
    results(2:4) = results(1) * fields(2:4)
    status = 0
end function

subroutine calculate_shape(version, fields, results) bind(C)
    use, intrinsic :: iso_c_binding, only: c_int32_t
    implicit none
    integer(c_int32_t), intent(out) :: version, fields, results
    version = 1
    fields = 4
    results = 4
end subroutine
